// libmosquitto, an MQTT client.
#ifndef SALIENCYD_CMOSQUITTO_SHIM_H
#define SALIENCYD_CMOSQUITTO_SHIM_H

#include <mosquitto.h>

#endif
