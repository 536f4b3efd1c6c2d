// SPDX-License-Identifier: Apache-2.0
/*
 * Makes events by running a BPF program on several CPUs at once, for so long.
 * Usage: load PROGRAM CPU[,CPU...] PER-RUN PER-SECOND MS [ARG...]
 * PER-SECOND is each CPU's, 0: as many as it can. The program's arguments are PER-RUN, ARG... Says "ready", begins when
 * it reads a line, and prints how many it has made.
 */
#include "bpf-tools.h"
#include <pthread.h>

#define CPUS_MAX 256

struct plan {
	int program;
	uint64_t per_second, for_ns;
	struct context context;
};

struct worker {
	pthread_t thread;
	const struct plan *plan;
	int cpu;
	uint64_t made, cpu_ns;
};

static void *work(void *argument)
{
	struct worker *worker = argument;
	const struct plan *plan = worker->plan;
	struct context context = plan->context;
	struct pace pace = { .per_second = plan->per_second };

	pin(worker->cpu);
	pace.start = now_ns(CLOCK_MONOTONIC);
	while (now_ns(CLOCK_MONOTONIC) - pace.start < plan->for_ns) {
		pace_wait(&pace, worker->made);
		run_once(plan->program, &context);
		worker->made += context.args[0];
	}
	worker->cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct worker workers[CPUS_MAX];
	struct plan plan = {};
	uint64_t made = 0, cpu_ns = 0, start;
	int count = 0;
	char *cpus;

	if (argc < 6)
		die("usage: load PROGRAM CPU[,CPU...] PER-RUN PER-SECOND MS [ARG...]");
	plan.program = program_of(argv[1]);
	plan.context.args[0] = number(argv[3]);
	plan.per_second = number(argv[4]);
	plan.for_ns = number(argv[5]) * 1000000;
	for (int i = 6; i < argc && i - 5 < ARGS_MAX; i++)
		plan.context.args[i - 5] = number(argv[i]);
	for (cpus = argv[2]; cpus && count < CPUS_MAX; count++) {
		workers[count].plan = &plan;
		workers[count].cpu = number(strsep(&cpus, ","));
	}
	wait_for_go();
	start = now_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < count; i++)
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			die("no thread for CPU %d", workers[i].cpu);
	for (int i = 0; i < count; i++) {
		pthread_join(workers[i].thread, NULL);
		made += workers[i].made;
		cpu_ns += workers[i].cpu_ns;
	}
	printf("{\"made\":%lu,\"cpuNs\":%lu,\"wallNs\":%lu}\n", made, cpu_ns,
	       now_ns(CLOCK_MONOTONIC) - start);
	return 0;
}
