/* SPDX-License-Identifier: BSD-3-Clause */
/* wait_any.c - receive at several endpoints at once, whichever comes first */
#include <stdio.h>

#include <mcapi.h>

#define ENDS 3

int main(void)
{
	mcapi_request_t requests[ENDS], *all[ENDS];
	mcapi_endpoint_t sender, ends[ENDS];
	mcapi_status_t status;
	mcapi_info_t info;
	int values[ENDS];

	mcapi_initialize(1, 1, NULL, NULL, &info, &status);
	if (status != MCAPI_SUCCESS)
		return 1;
	sender = mcapi_endpoint_create(MCAPI_PORT_ANY, &status);
	for (int i = 0; i < ENDS; i++) {
		ends[i] = mcapi_endpoint_create(10 + i, &status);
		mcapi_msg_recv_i(ends[i], &values[i], sizeof(values[i]), &requests[i], &status);
		all[i] = &requests[i];
	}
	for (int i = ENDS; i--;)
		mcapi_msg_send(sender, ends[i], &i, sizeof(i), 0, &status);

	for (int left = ENDS; left; left--) {
		size_t size;
		mcapi_uint_t done = mcapi_wait_any(left, all, &size, 1000, &status);

		if (status != MCAPI_SUCCESS)
			return 1;
		printf("%d at port %d\n", values[all[done] - requests],
		       10 + (int)(all[done] - requests));
		/* This one is over: only the others are waited for from now on. */
		all[done] = all[left - 1];
	}
	mcapi_finalize(&status);
	return status == MCAPI_SUCCESS ? 0 : 1;
}
