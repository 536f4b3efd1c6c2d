/* SPDX-License-Identifier: Apache-2.0 */
/* Running a loaded program from outside of the process that has loaded it. */
#ifndef RINGSIDE_BENCH_BPF_TOOLS_H
#define RINGSIDE_BENCH_BPF_TOOLS_H

#include "tools.h"
#include <bpf/bpf.h>

#define ARGS_MAX 4

/* What a raw tracepoint program finds as its arguments. */
struct context {
	uint64_t args[ARGS_MAX];
};

static inline int program_of(const char *id)
{
	int fd = bpf_prog_get_fd_by_id(number(id));

	if (fd < 0)
		die("no program %s: %s", id, strerror(-fd));
	return fd;
}

static inline int map_of(const char *id)
{
	int fd = bpf_map_get_fd_by_id(number(id));

	if (fd < 0)
		die("no map %s: %s", id, strerror(-fd));
	return fd;
}

static inline void run_once(int program, struct context *context)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = context, .ctx_size_in = sizeof(*context));
	int err = bpf_prog_test_run_opts(program, &opts);

	if (err)
		die("the program cannot be run: %s", strerror(-err));
}

#endif
