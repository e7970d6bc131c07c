/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mcapi_impl_spec.h - for programs that include it where an implementation keeps
 * mcapi_display_state() or its own types there: here all of it is in mcapi.h
 */
#ifndef MCAPI_IMPL_SPEC_H
#define MCAPI_IMPL_SPEC_H

#include "mcapi.h"

#endif /* MCAPI_IMPL_SPEC_H */
