/*
 * Overwrites words of the first page of the perf buffer that stands open as descriptor 3, as a process that has its
 * descriptor could (the kernel lets nobody write the others). Arguments: bytes of its data, then pairs of a byte
 * offset and a 64-bit value.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	size_t bytes = argc > 1 ? strtoull(argv[1], 0, 10) + getpagesize() : 0;
	unsigned char *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);

	if (memory == MAP_FAILED)
		return 2;
	for (int i = 2; i + 1 < argc; i += 2)
		*(volatile uint64_t *)(memory + strtoull(argv[i], 0, 10)) = strtoull(argv[i + 1], 0, 10);
	return 0;
}
