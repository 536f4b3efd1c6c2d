/* Writes a ring's consumer position from outside, as a second reader or an attacker would. Arguments: map id, position. */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	union bpf_attr attr = { .map_id = argc == 3 ? strtoul(argv[1], 0, 10) : 0 };
	int fd = syscall(SYS_bpf, BPF_MAP_GET_FD_BY_ID, &attr, sizeof(attr));
	volatile uint64_t *consumer;

	if (fd < 0)
		return 2;
	consumer = mmap(0, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (consumer == MAP_FAILED)
		return 3;
	*consumer = strtoull(argv[2], 0, 10);
	return 0;
}
