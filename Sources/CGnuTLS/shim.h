// GnuTLS, which FFmpeg is linked with too; and its function-like macros and flags that are both macros and constants.
#ifndef SALIENCYD_CGNUTLS_SHIM_H
#define SALIENCYD_CGNUTLS_SHIM_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

static const int saliency_gnutls_again = GNUTLS_E_AGAIN;
static const int saliency_gnutls_interrupted = GNUTLS_E_INTERRUPTED;
static const int saliency_gnutls_alert = GNUTLS_E_FATAL_ALERT_RECEIVED;

// A client's session, which does not block and raises no SIGPIPE.
static inline int saliency_gnutls_init_client(gnutls_session_t *session) {
    return gnutls_init(session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
}

// A server's session, for tests.
static inline int saliency_gnutls_init_server(gnutls_session_t *session) {
    return gnutls_init(session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
}

static inline void saliency_gnutls_set_socket(gnutls_session_t session, int descriptor) {
    gnutls_transport_set_int2(session, descriptor, descriptor);
}

#endif
