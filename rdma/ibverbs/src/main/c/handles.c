#include "handles.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK_BITS 10
#define CHUNK_SLOTS (1u << CHUNK_BITS)
#define CHUNKS_MAX 1024u

#define CLOSED ((uint64_t)1 << 31)
#define INSIDE (CLOSED - 1)

/* The tag: kind, then how often the slot was used. Its top bit stays clear: handles are positive. */
#define KIND_SHIFT 27
#define USES ((1u << KIND_SHIFT) - 1)

static _Atomic(struct kog_object *) chunks[CHUNKS_MAX];
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t drained = PTHREAD_COND_INITIALIZER;
static uint32_t chunk_count;
static uint32_t first_free;		/* index + 1, 0 is none */
static int object_count;

static uint32_t tag_of(uint64_t state)
{
	return (uint32_t)(state >> 32);
}

static enum kog_kind kind_of(uint32_t tag)
{
	return (enum kog_kind)(tag >> KIND_SHIFT);
}

static struct kog_object *slot(uint32_t index)
{
	struct kog_object *chunk;

	if (index >= CHUNKS_MAX * CHUNK_SLOTS)
		return NULL;
	chunk = atomic_load_explicit(&chunks[index >> CHUNK_BITS], memory_order_acquire);
	return chunk ? chunk + (index & (CHUNK_SLOTS - 1)) : NULL;
}

/* Under the table's lock. */
static bool grow(void)
{
	struct kog_object *chunk;
	uint32_t i;

	if (chunk_count == CHUNKS_MAX)
		return false;
	chunk = calloc(CHUNK_SLOTS, sizeof(*chunk));
	if (!chunk)
		return false;
	for (i = CHUNK_SLOTS; i-- > 0;) {
		chunk[i].index = (chunk_count << CHUNK_BITS) + i;
		/* A slot that is not in use looks closed. */
		atomic_init(&chunk[i].state, CLOSED);
		pthread_mutex_init(&chunk[i].lock, NULL);
		chunk[i].next_free = first_free;
		first_free = chunk[i].index + 1;
	}
	atomic_store_explicit(&chunks[chunk_count], chunk, memory_order_release);
	chunk_count++;
	return true;
}

int64_t kog_open(enum kog_kind kind, void *raw, int wake_fd, int parent_count,
		 struct kog_object *const *parents)
{
	struct kog_object *object;
	uint32_t uses;
	uint64_t tag;
	int i;

	pthread_mutex_lock(&table);
	if (!first_free && !grow()) {
		pthread_mutex_unlock(&table);
		errno = ENFILE;
		return 0;
	}
	object = slot(first_free - 1);
	first_free = object->next_free;
	object->children = 0;
	object->is_drained = false;
	object->raw = raw;
	object->wake_fd = wake_fd;
	object->queue_pair = 0;
	object->parent_count = parent_count;
	for (i = 0; i < parent_count; i++) {
		object->parents[i] = parents[i];
		parents[i]->children++;
	}
	uses = (tag_of(atomic_load(&object->state)) + 1) & USES;
	tag = ((uint64_t)kind << KIND_SHIFT) | uses;
	object_count++;
	atomic_store_explicit(&object->state, tag << 32, memory_order_release);
	pthread_mutex_unlock(&table);
	return (int64_t)((tag << 32) | (object->index + 1));
}

static struct kog_object *of(int64_t handle, enum kog_kind kind)
{
	uint32_t index = (uint32_t)handle;

	if (handle <= 0 || index == 0 || kind_of(tag_of((uint64_t)handle)) != kind)
		return NULL;
	return slot(index - 1);
}

struct kog_object *kog_enter(int64_t handle, enum kog_kind kind)
{
	struct kog_object *object = of(handle, kind);
	uint64_t state;

	if (!object) {
		errno = EBADF;
		return NULL;
	}
	state = atomic_load_explicit(&object->state, memory_order_relaxed);
	do {
		if (tag_of(state) != tag_of((uint64_t)handle) || (state & CLOSED)) {
			errno = EBADF;
			return NULL;
		}
	} while (!atomic_compare_exchange_weak_explicit(&object->state, &state, state + 1,
							memory_order_acquire,
							memory_order_relaxed));
	return object;
}

void kog_leave(struct kog_object *object)
{
	uint64_t before = atomic_fetch_sub_explicit(&object->state, 1, memory_order_acq_rel);

	if ((before & CLOSED) && (before & INSIDE) == 1) {
		pthread_mutex_lock(&table);
		pthread_cond_broadcast(&drained);
		pthread_mutex_unlock(&table);
	}
}

bool kog_is_closed(const struct kog_object *object)
{
	return (atomic_load_explicit(&object->state, memory_order_acquire) & CLOSED) != 0;
}

static void ring(const struct kog_object *object)
{
	uint64_t one = 1;
	ssize_t written;

	if (object->wake_fd >= 0) {
		do
			written = write(object->wake_fd, &one, sizeof(one));
		while (written < 0 && errno == EINTR);
	}
}

int kog_wake(int64_t handle, enum kog_kind kind)
{
	struct kog_object *object = kog_enter(handle, kind);

	if (!object)
		return -errno;
	ring(object);
	kog_leave(object);
	return 0;
}

/* Destroys an object that nobody is inside and nothing needs, then parents that waited for it. */
static int destroy(struct kog_object *object)
{
	struct kog_object *waiting[KOG_PARENTS_MAX];
	int count = 0;
	int result;
	int i;

	result = kog_destroy_raw(kind_of(tag_of(atomic_load(&object->state))), object);
	if (object->wake_fd >= 0)
		close(object->wake_fd);
	pthread_mutex_lock(&table);
	for (i = 0; i < object->parent_count; i++) {
		struct kog_object *parent = object->parents[i];

		if (--parent->children == 0 && parent->is_drained)
			waiting[count++] = parent;
	}
	object->next_free = first_free;
	first_free = object->index + 1;
	object_count--;
	pthread_mutex_unlock(&table);
	for (i = 0; i < count; i++)
		destroy(waiting[i]);
	return result;
}

int kog_close(int64_t handle, enum kog_kind kind)
{
	struct kog_object *object = of(handle, kind);
	uint64_t state;
	bool is_last;

	if (!object)
		return -EBADF;
	state = atomic_load_explicit(&object->state, memory_order_relaxed);
	do {
		if (tag_of(state) != tag_of((uint64_t)handle) || (state & CLOSED))
			return -EBADF;
	} while (!atomic_compare_exchange_weak_explicit(&object->state, &state, state | CLOSED,
							memory_order_acq_rel,
							memory_order_relaxed));
	ring(object);
	pthread_mutex_lock(&table);
	while (atomic_load_explicit(&object->state, memory_order_acquire) & INSIDE)
		pthread_cond_wait(&drained, &table);
	object->is_drained = true;
	is_last = object->children == 0;
	pthread_mutex_unlock(&table);
	return is_last ? destroy(object) : 0;
}

int kog_count(void)
{
	int count;

	pthread_mutex_lock(&table);
	count = object_count;
	pthread_mutex_unlock(&table);
	return count;
}
