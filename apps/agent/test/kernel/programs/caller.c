// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A process whose system calls are known: for each number that it reads it calls getppid(2) as often, and answers with
 * one byte. Usage: caller <name>
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uint64_t count;

	if (argc != 2 || prctl(PR_SET_NAME, argv[1]))
		return 1;
	while (read(STDIN_FILENO, &count, sizeof(count)) == sizeof(count)) {
		while (count--)
			syscall(SYS_getppid);
		if (write(STDOUT_FILENO, "d", 1) != 1)
			return 1;
	}
	return 0;
}
