/* Connection events. Each is copied and acknowledged at once, so that no id waits for its events. */
#include "provider.h"

#include <string.h>

static void copy(struct kog_event *to, const struct rdma_cm_event *from)
{
	uint8_t length = from->param.conn.private_data_len;

	to->type = (int32_t)from->event;
	to->status = from->status;
	to->listener = from->listen_id ? (int64_t)(uintptr_t)from->listen_id->context : 0;
	to->id = (int64_t)(uintptr_t)from->id->context;
	to->padding = 0;
	to->private_length = 0;
	if (from->param.conn.private_data && length > 0) {
		to->private_length = length;
		memcpy(to->private_data, from->param.conn.private_data, length);
	}
}

/* Under the channel's lock. 1 for an event, 0 when there is none after all, or -errno. */
static int take(struct kog_object *channel, struct kog_event *event)
{
	struct rdma_cm_event *raw;
	struct rdma_cm_id *orphan = NULL;

	if (rdma_get_cm_event(channel->raw, &raw))
		return errno == EAGAIN || errno == EINTR ? 0 : -kog_error(-1);
	if (raw->event == RDMA_CM_EVENT_CONNECT_REQUEST) {
		int64_t handle = kog_open(KOG_ID, raw->id, -1, 1, &channel);

		if (handle)
			raw->id->context = kog_pointer(handle);
		else
			orphan = raw->id;
	}
	if (!orphan)
		copy(event, raw);
	rdma_ack_cm_event(raw);
	if (orphan) {
		/* The table is full; destroying the id rejects the request. */
		rdma_destroy_id(orphan);
		return 0;
	}
	return 1;
}

int kog_next_event(int64_t handle, struct kog_event *event, int timeout_millis)
{
	struct kog_object *channel = kog_enter(handle, KOG_EVENT_CHANNEL);
	int64_t deadline = timeout_millis < 0 ? -1 : kog_now_millis() + timeout_millis;
	int result = 0;

	if (!channel)
		return -errno;
	while (result == 0) {
		int fd = ((struct rdma_event_channel *)channel->raw)->fd;

		switch (kog_await(channel, fd, deadline)) {
		case KOG_READY:
			pthread_mutex_lock(&channel->lock);
			result = take(channel, event);
			pthread_mutex_unlock(&channel->lock);
			continue;
		case KOG_WOKEN:
			result = kog_is_closed(channel) ? -EBADF : -EINTR;
			continue;
		case KOG_FAILED:
			result = -errno;
			continue;
		case KOG_TIMEOUT:
			break;
		}
		break;
	}
	kog_leave(channel);
	return result;
}

JNIEXPORT jint JNICALL NATIVES(nextEvent)(JNIEnv *env, jclass self, jlong channel, jlong event,
					  jint timeout_millis)
{
	(void)env;
	(void)self;
	return event ? kog_next_event(channel, kog_pointer(event), timeout_millis) : -EINVAL;
}

JNIEXPORT jint JNICALL NATIVES(wakeEventChannel)(JNIEnv *env, jclass self, jlong channel)
{
	(void)env;
	(void)self;
	return kog_wake(channel, KOG_EVENT_CHANNEL);
}

/* The type of the event, or negative when there is none. */
JNIEXPORT jint JNICALL DISPATCHER(getCmEvent)(JNIEnv *env, jobject self, jlong channel,
					      jlong listener, jlong id, jint timeout_millis)
{
	struct kog_event event;
	int result;

	(void)env;
	(void)self;
	if (!listener || !id)
		return -EINVAL;
	result = kog_next_event(channel, &event, timeout_millis);
	if (result <= 0)
		return result < 0 ? result : -ETIMEDOUT;
	*(int64_t *)kog_pointer(listener) = event.listener;
	*(int64_t *)kog_pointer(id) = event.id;
	return event.type;
}

/* Events are acknowledged when they are taken. */
JNIEXPORT jint JNICALL DISPATCHER(ackCmEvent)(JNIEnv *env, jobject self, jint event)
{
	(void)env;
	(void)self;
	(void)event;
	return 0;
}
