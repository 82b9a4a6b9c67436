// libyaml, which turns YAML into a sequence of events.
#ifndef SALIENCYD_CYAML_SHIM_H
#define SALIENCYD_CYAML_SHIM_H

#include <yaml.h>

#endif
