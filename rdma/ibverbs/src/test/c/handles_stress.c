/*
 * Threads make, use and close objects of the handle table at once; built with a sanitiser by
 * HandleRacesTest. Fails, with a line that says why, when an object is destroyed while a call is
 * inside it or something made from it is left, twice, or not at all.
 *
 *   handles_stress SEED
 */
#include "handles.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#define THREADS 6
#define ROUNDS 20000
#define SHARED 32

struct thing {
	_Atomic int inside;
	_Atomic int children;
	_Atomic int destroyed;
	struct thing *parent;
};

static _Atomic int64_t parents[SHARED];
static _Atomic int64_t children[SHARED];
static _Atomic long made;
static _Atomic long gone;
static uint64_t first_seed;

static void fail(const char *what)
{
	printf("%s\n", what);
	exit(1);
}

int kog_destroy_raw(enum kog_kind kind, struct kog_object *object)
{
	struct thing *thing = object->raw;

	if (kind != KOG_PD && kind != KOG_MR)
		fail("destroyed as another kind");
	if (atomic_load(&thing->inside))
		fail("destroyed with a call inside");
	if (atomic_load(&thing->children))
		fail("destroyed with something left that was made from it");
	if (atomic_fetch_add(&thing->destroyed, 1))
		fail("destroyed twice");
	if (thing->parent)
		atomic_fetch_sub(&thing->parent->children, 1);
	atomic_fetch_add(&gone, 1);
	/* Kept, so that a use after this is seen by the checks and not only by the sanitiser. */
	return 0;
}

static uint64_t next(uint64_t *state)
{
	/* xorshift64, Marsaglia 2003 */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static struct thing *make_thing(struct thing *parent)
{
	struct thing *thing = calloc(1, sizeof(*thing));

	if (!thing)
		fail("out of memory");
	thing->parent = parent;
	if (parent)
		atomic_fetch_add(&parent->children, 1);
	atomic_fetch_add(&made, 1);
	return thing;
}

static int64_t make_parent(void)
{
	return kog_open(KOG_PD, make_thing(NULL), eventfd(0, EFD_NONBLOCK), 0, NULL);
}

static void close_if_any(int64_t handle, enum kog_kind kind)
{
	int result = handle ? kog_close(handle, kind) : 0;

	if (result && result != -EBADF)
		fail("closing failed");
}

static void use(int64_t handle, enum kog_kind kind, uint64_t random)
{
	struct kog_object *object = kog_enter(handle, kind);
	struct kog_object *both[2];
	struct thing *thing;

	if (!object)
		return;
	thing = object->raw;
	atomic_fetch_add(&thing->inside, 1);
	if (atomic_load(&thing->destroyed))
		fail("a call is inside what is destroyed");
	if (kind == KOG_PD && random % 2) {
		int64_t child;

		/* Two parents that are the same, as a queue pair has with its completion queues. */
		both[0] = object;
		both[1] = object;
		child = kog_open(KOG_MR, make_thing(thing), -1, 1 + (int)(random / 2 % 2), both);
		close_if_any(atomic_exchange(&children[random / 8 % SHARED], child), KOG_MR);
	}
	atomic_fetch_sub(&thing->inside, 1);
	kog_leave(object);
}

static void *work(void *argument)
{
	uint64_t state = first_seed * 1000003 + (uint64_t)(uintptr_t)argument + 1;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		uint64_t random = next(&state);
		unsigned int at = (unsigned int)(random >> 32) % SHARED;

		switch (random % 8) {
		case 0:
			close_if_any(atomic_exchange(&parents[at], make_parent()), KOG_PD);
			break;
		case 1:
			close_if_any(atomic_load(&parents[at]), KOG_PD);
			break;
		case 2:
			close_if_any(atomic_load(&children[at]), KOG_MR);
			break;
		case 3:
			kog_wake(atomic_load(&parents[at]), KOG_PD);
			break;
		case 4:
			/* A handle taken for another kind. */
			if (kog_enter(atomic_load(&parents[at]), KOG_MR))
				fail("entered as another kind");
			break;
		case 5:
			use(atomic_load(&children[at]), KOG_MR, random >> 8);
			break;
		default:
			use(atomic_load(&parents[at]), KOG_PD, random >> 8);
			break;
		}
	}
	return NULL;
}

int main(int count, char **arguments)
{
	pthread_t threads[THREADS];
	int i;

	first_seed = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < SHARED; i++) {
		close_if_any(parents[i], KOG_PD);
		close_if_any(children[i], KOG_MR);
	}
	if (kog_count() || made != gone) {
		printf("%d objects in the table, %ld made, %ld destroyed\n", kog_count(), made, gone);
		return 1;
	}
	printf("%ld objects\n", made);
	return 0;
}
