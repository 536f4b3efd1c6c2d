// SPDX-License-Identifier: Apache-2.0
/*
 * What runs of BPF programs cost, in turns: CPU time of one thread, so that other work on the host does not count.
 * Usage: turns CPU ROUNDS RUNS PROGRAM:RING:ARG[:ARG...] ...
 * One turn is RUNS runs of one program; RING is the map that it fills, which is emptied by moving the consumer's
 * position, or 0. Prints, for each program, the ns of one run in each round; the first round is not told.
 */
#include "bpf-tools.h"
#include <sys/mman.h>

#define PROGRAMS_MAX 16

struct subject {
	int program;
	volatile unsigned long *consumer, *producer;
	struct context context;
};

static void *map_page(int ring, int protection, size_t at)
{
	void *page = mmap(NULL, sysconf(_SC_PAGESIZE), protection, MAP_SHARED, ring, at);

	if (page == MAP_FAILED)
		die("a ring cannot be mapped: %s", strerror(errno));
	return page;
}

static void read_subject(struct subject *subject, char *text)
{
	char *rest = text;
	const char *program = strsep(&rest, ":"), *ring = strsep(&rest, ":");

	if (!ring)
		die("%s is not PROGRAM:RING", program);
	subject->program = program_of(program);
	if (strcmp(ring, "0")) {
		int fd = map_of(ring);

		subject->consumer = map_page(fd, PROT_READ | PROT_WRITE, 0);
		subject->producer = map_page(fd, PROT_READ, sysconf(_SC_PAGESIZE));
		close(fd);
	}
	for (int i = 0; i < ARGS_MAX && rest; i++)
		subject->context.args[i] = number(strsep(&rest, ":"));
}

static double turn(struct subject *subject, uint64_t runs)
{
	uint64_t start = now_ns(CLOCK_THREAD_CPUTIME_ID);

	for (uint64_t run = 0; run < runs; run++) {
		run_once(subject->program, &subject->context);
		/* The kernel reads it, and nobody else reads this ring. */
		if (subject->consumer)
			*subject->consumer = *subject->producer;
	}
	return (double)(now_ns(CLOCK_THREAD_CPUTIME_ID) - start) / runs;
}

int main(int argc, char **argv)
{
	static struct subject subjects[PROGRAMS_MAX];
	int count = argc - 4;
	uint64_t rounds, runs;
	double *ns;

	if (count < 1 || count > PROGRAMS_MAX)
		die("usage: turns CPU ROUNDS RUNS PROGRAM:RING:ARG[:ARG...] ...");
	pin(number(argv[1]));
	rounds = number(argv[2]);
	runs = number(argv[3]);
	ns = calloc(rounds * count, sizeof(*ns));
	for (int i = 0; i < count; i++)
		read_subject(&subjects[i], argv[4 + i]);
	for (int i = 0; i < count; i++)
		turn(&subjects[i], runs);
	/* Every other round the other way round: what drifts hits all alike. */
	for (uint64_t round = 0; round < rounds; round++)
		for (int i = 0; i < count; i++) {
			int at = round % 2 ? count - 1 - i : i;

			ns[at * rounds + round] = turn(&subjects[at], runs);
		}
	for (int i = 0; i < count; i++)
		for (uint64_t round = 0; round < rounds; round++)
			printf("%s%.1f%s", round ? "," : i ? ",[" : "[[", ns[i * rounds + round],
			       round + 1 < rounds ? "" : "]");
	puts("]");
	return 0;
}
