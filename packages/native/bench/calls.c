// SPDX-License-Identifier: Apache-2.0
/*
 * A workload of system calls, and of nothing else while it runs.
 * Usage: calls CPU COUNT PER-SECOND [PATH]
 * With PATH it is openat(2), best of a file that is not there: then each is one call. Without it is getppid(2).
 * PER-SECOND 0: as many as it can. Says "ready", begins when it reads a line, and prints how long it took.
 */
#include "tools.h"
#include <fcntl.h>
#include <sys/syscall.h>

static void call(const char *path)
{
	int fd;

	if (!path) {
		syscall(SYS_getppid);
		return;
	}
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	const char *path = argc > 4 ? argv[4] : NULL;
	struct pace pace = {};
	uint64_t count, cpu_ns;

	if (argc < 4)
		die("usage: calls CPU COUNT PER-SECOND [PATH]");
	pin(number(argv[1]));
	count = number(argv[2]);
	pace.per_second = number(argv[3]);
	wait_for_go();
	cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	pace.start = now_ns(CLOCK_MONOTONIC);
	for (uint64_t made = 0; made < count; made++) {
		pace_wait(&pace, made);
		call(path);
	}
	printf("{\"made\":%lu,\"wallNs\":%lu,\"cpuNs\":%lu}\n", count,
	       now_ns(CLOCK_MONOTONIC) - pace.start,
	       now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_ns);
	return 0;
}
