/*
 * Prints the memory of the buffer that stands open as descriptor 3: u64 consumer position, u64 producer position, data.
 * Arguments: ring or perf, bytes of its data.
 */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned char *map(size_t bytes, off_t offset)
{
	unsigned char *memory = mmap(0, bytes, PROT_READ, MAP_SHARED, 3, offset);

	if (memory == MAP_FAILED)
		_exit(2);
	return memory;
}

static int print(const void *bytes, size_t size)
{
	return write(STDOUT_FILENO, bytes, size) == (ssize_t)size ? 0 : 1;
}

int main(int argc, char **argv)
{
	const size_t page = getpagesize(), bytes = argc == 3 ? strtoul(argv[2], 0, 10) : 0;
	uint64_t positions[2];

	if (bytes == 0)
		return 2;
	const int ring = strcmp(argv[1], "ring") == 0;
	const unsigned char *memory = map(page + bytes, ring ? page : 0);

	if (ring) {
		positions[0] = *(volatile uint64_t *)map(page, 0);
		positions[1] = *(const volatile uint64_t *)memory;
	} else {
		const struct perf_event_mmap_page *head = (const void *)memory;

		positions[0] = *(const volatile __u64 *)&head->data_tail;
		positions[1] = *(const volatile __u64 *)&head->data_head;
	}
	return print(positions, sizeof positions) || print(memory + page, bytes);
}
