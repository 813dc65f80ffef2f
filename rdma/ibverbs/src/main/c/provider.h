/* What the parts of this library share. */
#ifndef KOG_PROVIDER_H
#define KOG_PROVIDER_H

#include <errno.h>
#include <infiniband/verbs.h>
#include <jni.h>
#include <rdma/rdma_cma.h>
#include <stdbool.h>
#include <stdint.h>

#include "errors.h"
#include "handles.h"

/* Java holds addresses and handles in a long. */
_Static_assert(sizeof(void *) == 8, "64-bit systems only");

#define DISPATCHER(name) Java_com_ibm_disni_verbs_impl_NativeDispatcher__1##name
#define AFFINITY(name) Java_com_ibm_disni_util_NativeAffinity__1##name
#define NATIVES(name) Java_io_kogluktualuk_rdma_ibverbs_Natives_##name

static inline void *kog_pointer(jlong address)
{
	return (void *)(uintptr_t)address;
}

/* errno of a call that returned non-zero; some calls return it, others set it. */
static inline int kog_error(int result)
{
	if (result > 0)
		return result;
	return errno ? errno : EIO;
}

/* The handle of a device's context: always the same one, never closed; 0 when out of memory. */
int64_t kog_context(struct ibv_context *context);

/* Makes a descriptor non-blocking; returns 0 or an errno. */
int kog_unblock(int fd);

/* Milliseconds of a clock that only goes forward. */
int64_t kog_now_millis(void);

enum kog_wait {
	KOG_READY,	/* the descriptor has something */
	KOG_TIMEOUT,
	KOG_WOKEN,	/* somebody rang, or the object is being closed */
	KOG_FAILED	/* errno says why */
};

/* Waits for an object's descriptor or its wake_fd until the deadline; a negative one is never. */
enum kog_wait kog_await(const struct kog_object *object, int fd, int64_t deadline_millis);

/* The destructors, by kind; each returns 0 or -errno. */
int kog_destroy_event_channel(struct kog_object *object);
int kog_destroy_id(struct kog_object *object);
int kog_destroy_qp(struct kog_object *object);
int kog_destroy_pd(struct kog_object *object);
int kog_destroy_mr(struct kog_object *object);
int kog_destroy_comp_channel(struct kog_object *object);
int kog_destroy_cq(struct kog_object *object);

/* What a waiting thread is told about one connection event. Java reads it by these offsets. */
struct kog_event {
	int32_t type;
	int32_t status;
	int64_t listener;	/* handle, or 0 */
	int64_t id;		/* handle */
	int32_t private_length;
	int32_t padding;
	uint8_t private_data[256];
};

/* 1 when there is an event, 0 when none came in time, else -errno; -EINTR when somebody rang. */
int kog_next_event(int64_t channel, struct kog_event *event, int timeout_millis);

#endif
