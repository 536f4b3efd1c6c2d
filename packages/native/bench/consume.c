// SPDX-License-Identifier: Apache-2.0
/*
 * The reference consumers: what libbpf's users write, decoding as much as it takes to count records by their type.
 * Usage: consume MAP wake|timed PERIOD-US NICE KEY-AT
 * wake: sleeps in epoll until a record wakes it. timed: looks every PERIOD-US. KEY-AT: where a record has its type, 16
 * bits. Says "ready", reads until SIGTERM, and prints what it has counted, and the CPU time that this took.
 */
#include "bpf-tools.h"
#include <bpf/libbpf.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define TIMEOUT_MS 100
#define KINDS 256

struct counts {
	size_t key_at;
	uint64_t bytes, malformed;
	uint64_t of_kind[KINDS];
};

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
	(void)signal;
	stopping = 1;
}

static int take(void *context, void *record, size_t size)
{
	struct counts *counts = context;
	uint16_t kind;

	counts->bytes += size;
	if (size < counts->key_at + sizeof(kind)) {
		counts->malformed++;
		return 0;
	}
	memcpy(&kind, (char *)record + counts->key_at, sizeof(kind));
	if (kind < KINDS)
		counts->of_kind[kind]++;
	else
		counts->malformed++;
	return 0;
}

int main(int argc, char **argv)
{
	static struct counts counts;
	struct sigaction action = { .sa_handler = stop };
	struct timespec period = {};
	uint64_t start, records = 0, passes = 0;
	struct ring_buffer *ring;
	int timed;

	if (argc != 6)
		die("usage: consume MAP wake|timed PERIOD-US NICE KEY-AT");
	timed = !strcmp(argv[2], "timed");
	period.tv_nsec = number(argv[3]) * 1000;
	counts.key_at = number(argv[5]);
	if (setpriority(PRIO_PROCESS, 0, atoi(argv[4])))
		die("nice %s: %s", argv[4], strerror(errno));
	prctl(PR_SET_TIMERSLACK, 1);
	sigaction(SIGTERM, &action, NULL);
	ring = ring_buffer__new(map_of(argv[1]), take, &counts, NULL);
	if (!ring)
		die("the ring cannot be read: %s", strerror(errno));
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		return 1;
	start = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	for (; !stopping; passes++) {
		if (!timed) {
			ring_buffer__poll(ring, TIMEOUT_MS);
			continue;
		}
		ring_buffer__consume(ring);
		nanosleep(&period, NULL);
	}
	ring_buffer__consume(ring);
	for (int kind = 0; kind < KINDS; kind++)
		records += counts.of_kind[kind];
	printf("{\"records\":%lu,\"malformed\":%lu,\"bytes\":%lu,\"passes\":%lu,\"cpuNs\":%lu}\n", records,
	       counts.malformed, counts.bytes, passes, now_ns(CLOCK_PROCESS_CPUTIME_ID) - start);
	return 0;
}
