/*
 * Handles: what Java holds instead of pointers.
 *
 * A handle names a slot of a table, the kind of object in it, and how often the slot was used. A
 * handle that is zero, made up, of another kind, or of an object that was closed is refused; it
 * never becomes a pointer.
 *
 * Threading: any thread. A call is inside an object between kog_enter and kog_leave. Closing
 * refuses new calls, wakes those that sleep, waits until none is inside, and destroys the object
 * when nothing that was made from it is left. So queue pairs go before completion queues, queues
 * before their channel, and regions before their domain, in whatever order they are closed.
 */
#ifndef KOG_HANDLES_H
#define KOG_HANDLES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum kog_kind {
	KOG_EVENT_CHANNEL = 1,
	KOG_ID,
	KOG_QP,
	KOG_CONTEXT,
	KOG_PD,
	KOG_MR,
	KOG_COMP_CHANNEL,
	KOG_CQ
};

#define KOG_PARENTS_MAX 4

struct kog_object {
	_Atomic uint64_t state;		/* tag << 32 | closed bit | calls inside */
	uint32_t index;
	uint32_t next_free;
	int children;			/* made from this and not destroyed; under the table's lock */
	bool is_drained;		/* closed, and no call is inside; under the table's lock */
	int parent_count;
	struct kog_object *parents[KOG_PARENTS_MAX];
	void *raw;			/* the object of libibverbs or librdmacm */
	int wake_fd;			/* an eventfd that sleepers look at as well, or -1 */
	int64_t queue_pair;		/* of an id: the handle of its queue pair, or 0 */
	pthread_mutex_t lock;		/* of an event channel: held while one of its ids is used */
};

/* Destroys the raw object; returns 0 or -errno. The slot is freed whatever it returns. */
int kog_destroy_raw(enum kog_kind kind, struct kog_object *object);

/*
 * Gives an object a handle. The parents must be inside a call of the caller's, or never closed.
 * Returns 0 when the table is full.
 */
int64_t kog_open(enum kog_kind kind, void *raw, int wake_fd, int parent_count,
		 struct kog_object *const *parents);

/* Returns NULL with errno EBADF when the handle is not of an open object of this kind. */
struct kog_object *kog_enter(int64_t handle, enum kog_kind kind);
void kog_leave(struct kog_object *object);

bool kog_is_closed(const struct kog_object *object);

/* Makes whoever sleeps in the object look around; returns 0 or -errno. */
int kog_wake(int64_t handle, enum kog_kind kind);

/* Returns 0, or -EBADF when the handle is not of an open object, or why destroying failed. */
int kog_close(int64_t handle, enum kog_kind kind);

/* How many objects there are, those included that are closed and still needed. */
int kog_count(void);

#endif
