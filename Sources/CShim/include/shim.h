#ifndef LODESTAR_SHIM_H
#define LODESTAR_SHIM_H
#endif
