/* Devices: their contexts, which librdmacm opens once for all ids, and what they can do. */
#include "provider.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>

#define DEVICES_MAX 64

static struct {
	struct ibv_context *raw;
	int64_t handle;
} contexts[DEVICES_MAX];
static int context_count;
static pthread_mutex_t contexts_lock = PTHREAD_MUTEX_INITIALIZER;

int64_t kog_context(struct ibv_context *context)
{
	int64_t handle = 0;
	int i;

	pthread_mutex_lock(&contexts_lock);
	for (i = 0; i < context_count && contexts[i].raw != context; i++)
		;
	if (i < context_count) {
		handle = contexts[i].handle;
	} else if (context_count < DEVICES_MAX) {
		handle = kog_open(KOG_CONTEXT, context, -1, 0, NULL);
		if (handle) {
			/* Its asynchronous events are waited for with poll(2). */
			kog_unblock(context->async_fd);
			contexts[context_count].raw = context;
			contexts[context_count].handle = handle;
			context_count++;
		}
	}
	pthread_mutex_unlock(&contexts_lock);
	return handle;
}

/* The contexts of all devices that connections can use, in librdmacm's order. */
JNIEXPORT jlongArray JNICALL NATIVES(contexts)(JNIEnv *env, jclass self)
{
	int count = 0;
	struct ibv_context **all = rdma_get_devices(&count);
	jlongArray made;
	jlong handle;
	int i;

	(void)self;
	if (!all)
		return (*env)->NewLongArray(env, 0);
	made = (*env)->NewLongArray(env, count);
	for (i = 0; made && i < count; i++) {
		handle = kog_context(all[i]);
		(*env)->SetLongArrayRegion(env, made, i, 1, &handle);
	}
	rdma_free_devices(all);
	return made;
}

JNIEXPORT jstring JNICALL NATIVES(deviceName)(JNIEnv *env, jclass self, jlong handle)
{
	struct kog_object *context = kog_enter(handle, KOG_CONTEXT);
	jstring name;

	(void)self;
	if (!context) {
		kog_throw(env, "the device has no name", errno);
		return NULL;
	}
	name = (*env)->NewStringUTF(env, ibv_get_device_name(
		((struct ibv_context *)context->raw)->device));
	kog_leave(context);
	return name;
}

/*
 * max_mr_size, max_qp, max_qp_wr, max_sge, max_cq, max_cqe, max_mr, max_pd, max_qp_rd_atom,
 * max_qp_init_rd_atom, atomic capability, number of ports.
 */
JNIEXPORT jlongArray JNICALL NATIVES(deviceLimits)(JNIEnv *env, jclass self, jlong handle)
{
	struct kog_object *context = kog_enter(handle, KOG_CONTEXT);
	struct ibv_device_attr a;
	jlongArray made;
	int result;

	(void)self;
	if (!context) {
		kog_throw(env, "the device has no limits", errno);
		return NULL;
	}
	memset(&a, 0, sizeof(a));
	result = ibv_query_device(context->raw, &a);
	kog_leave(context);
	if (result) {
		kog_throw(env, "cannot ask the device (ibv_query_device)", kog_error(result));
		return NULL;
	}
	made = (*env)->NewLongArray(env, 12);
	if (made) {
		jlong values[12] = {
			(jlong)a.max_mr_size, a.max_qp, a.max_qp_wr, a.max_sge, a.max_cq,
			a.max_cqe, a.max_mr, a.max_pd, a.max_qp_rd_atom,
			a.max_qp_init_rd_atom, a.atomic_cap, a.phys_port_cnt
		};
		(*env)->SetLongArrayRegion(env, made, 0, 12, values);
	}
	return made;
}

/* Active MTU in bytes, largest message in bytes. */
JNIEXPORT jlongArray JNICALL NATIVES(portLimits)(JNIEnv *env, jclass self, jlong handle, jint port)
{
	struct kog_object *context = kog_enter(handle, KOG_CONTEXT);
	struct ibv_port_attr a;
	jlongArray made;
	int result;

	(void)self;
	if (!context) {
		kog_throw(env, "the port has no limits", errno);
		return NULL;
	}
	memset(&a, 0, sizeof(a));
	result = ibv_query_port(context->raw, (uint8_t)port, &a);
	kog_leave(context);
	if (result) {
		kog_throw(env, "cannot ask the port (ibv_query_port)", kog_error(result));
		return NULL;
	}
	made = (*env)->NewLongArray(env, 2);
	if (made) {
		jlong values[2] = { (jlong)128 << a.active_mtu, (jlong)a.max_msg_sz };

		(*env)->SetLongArrayRegion(env, made, 0, 2, values);
	}
	return made;
}

JNIEXPORT jint JNICALL DISPATCHER(getContextFd)(JNIEnv *env, jobject self, jlong handle)
{
	struct kog_object *context = kog_enter(handle, KOG_CONTEXT);
	jint fd;

	(void)self;
	if (!context) {
		kog_throw(env, "the device has no descriptor", errno);
		return -1;
	}
	fd = ((struct ibv_context *)context->raw)->cmd_fd;
	kog_leave(context);
	return fd;
}

JNIEXPORT jint JNICALL DISPATCHER(getContextNumCompVectors)(JNIEnv *env, jobject self,
							    jlong handle)
{
	struct kog_object *context = kog_enter(handle, KOG_CONTEXT);
	jint count;

	(void)self;
	if (!context) {
		kog_throw(env, "the device has no completion vectors", errno);
		return -1;
	}
	count = ((struct ibv_context *)context->raw)->num_comp_vectors;
	kog_leave(context);
	return count;
}

static jint number_of(const struct ibv_async_event *event)
{
	switch (event->event_type) {
	case IBV_EVENT_QP_FATAL:
	case IBV_EVENT_QP_REQ_ERR:
	case IBV_EVENT_QP_ACCESS_ERR:
	case IBV_EVENT_COMM_EST:
	case IBV_EVENT_SQ_DRAINED:
	case IBV_EVENT_PATH_MIG:
	case IBV_EVENT_PATH_MIG_ERR:
	case IBV_EVENT_QP_LAST_WQE_REACHED:
		return (jint)event->element.qp->qp_num;
	case IBV_EVENT_PORT_ACTIVE:
	case IBV_EVENT_PORT_ERR:
	case IBV_EVENT_LID_CHANGE:
	case IBV_EVENT_PKEY_CHANGE:
	case IBV_EVENT_SM_CHANGE:
	case IBV_EVENT_CLIENT_REREGISTER:
	case IBV_EVENT_GID_CHANGE:
		return event->element.port_num;
	default:
		return 0;
	}
}

/*
 * Waits for what a device reports by itself, and acknowledges it: a queue pair or queue cannot be
 * destroyed while an event of it is not. Returns number << 32 | type, or -1 when none came.
 */
JNIEXPORT jlong JNICALL NATIVES(nextAsyncEvent)(JNIEnv *env, jclass self, jlong handle,
						jint timeout_millis)
{
	struct kog_object *context = kog_enter(handle, KOG_CONTEXT);
	struct ibv_async_event event;
	struct pollfd fd = { .events = POLLIN };
	jlong result = -1;

	(void)self;
	if (!context) {
		kog_throw(env, "the device reports nothing", errno);
		return -1;
	}
	fd.fd = ((struct ibv_context *)context->raw)->async_fd;
	if (poll(&fd, 1, timeout_millis) > 0 && !ibv_get_async_event(context->raw, &event)) {
		result = (jlong)number_of(&event) << 32 | (jlong)event.event_type;
		ibv_ack_async_event(&event);
	}
	kog_leave(context);
	return result;
}

JNIEXPORT jstring JNICALL NATIVES(asyncEventName)(JNIEnv *env, jclass self, jint type)
{
	(void)self;
	return (*env)->NewStringUTF(env, ibv_event_type_str((enum ibv_event_type)type));
}
