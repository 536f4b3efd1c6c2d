/*
 * Runs a command for which one system call fails with the given errno, as under a container's old seccomp profile or
 * on an older kernel. Arguments: errno, what is denied, command.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A call, and its first argument if that matters. */
static const struct denial {
	const char *name;
	unsigned int call;
	unsigned int first;
	int any;
} denials[] = {
	{"epoll_pwait2", SYS_epoll_pwait2, 0, 1},
	{"lookup_and_delete_batch", SYS_bpf, BPF_MAP_LOOKUP_AND_DELETE_BATCH, 0},
};

static int deny(const struct denial *denied, int code)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied->call, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied->first, 0, denied->any ? 0 : 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (code & SECCOMP_RET_DATA)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	for (size_t at = 0; argc > 3 && at < sizeof denials / sizeof *denials; at++) {
		if (strcmp(argv[2], denials[at].name) != 0)
			continue;
		if (deny(&denials[at], atoi(argv[1])) != 0) {
			perror("seccomp");
			return 3;
		}
		execvp(argv[3], argv + 3);
		perror(argv[3]);
		return 4;
	}
	return 2;
}
