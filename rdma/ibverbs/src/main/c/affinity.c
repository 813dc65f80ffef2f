/* Which of the first 64 cores the calling thread may run on, as a mask. */
#include <sched.h>

#include "provider.h"

#define CORES 64

JNIEXPORT void JNICALL AFFINITY(setAffinity)(JNIEnv *env, jclass self, jlong mask)
{
	cpu_set_t cores;
	int i;

	(void)env;
	(void)self;
	CPU_ZERO(&cores);
	for (i = 0; i < CORES; i++) {
		if ((uint64_t)mask >> i & 1)
			CPU_SET(i, &cores);
	}
	/* A mask of cores that are not there changes nothing. */
	(void)sched_setaffinity(0, sizeof(cores), &cores);
}

JNIEXPORT jlong JNICALL AFFINITY(getAffinity)(JNIEnv *env, jclass self)
{
	cpu_set_t cores;
	uint64_t mask = 0;
	int i;

	(void)env;
	(void)self;
	if (sched_getaffinity(0, sizeof(cores), &cores))
		return 0;
	for (i = 0; i < CORES; i++) {
		if (CPU_ISSET(i, &cores))
			mask |= (uint64_t)1 << i;
	}
	return (jlong)mask;
}
