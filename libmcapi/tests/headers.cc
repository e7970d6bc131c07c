/* SPDX-License-Identifier: BSD-3-Clause */
/* headers.cc - a program that includes the public headers, in C99 and in C++ */
#include "mcapix.h"

int main(void)
{
	char text[MCAPI_MAX_STATUS_MSG_LEN];

	return mcapi_display_status(MCAPI_SUCCESS, text, sizeof(text)) == text ? 0 : 1;
}
