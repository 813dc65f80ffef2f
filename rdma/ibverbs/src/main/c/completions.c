/* Completion queues and the channels that tell of them. */
#include "provider.h"

#include <sys/eventfd.h>
#include <unistd.h>

static jlong fail(JNIEnv *env, const char *call, int error)
{
	kog_throw(env, call, error);
	return -1;
}

static int64_t open_channel(struct kog_object *context)
{
	struct ibv_comp_channel *channel = ibv_create_comp_channel(context->raw);
	int64_t handle = 0;
	int wake_fd;
	int error;

	if (!channel)
		return 0;
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = wake_fd < 0 ? errno : kog_unblock(channel->fd);
	if (!error) {
		handle = kog_open(KOG_COMP_CHANNEL, channel, wake_fd, 1, &context);
		error = errno;
	}
	if (!handle) {
		if (wake_fd >= 0)
			close(wake_fd);
		ibv_destroy_comp_channel(channel);
		errno = error;
	}
	return handle;
}

JNIEXPORT jlong JNICALL DISPATCHER(createCompChannel)(JNIEnv *env, jobject self,
						      jlong context_handle)
{
	struct kog_object *context = kog_enter(context_handle, KOG_CONTEXT);
	int64_t handle;
	int error;

	(void)self;
	if (!context)
		return fail(env, "no completion channel: the device", errno);
	handle = open_channel(context);
	error = errno;
	kog_leave(context);
	return handle ? handle : fail(env, "no completion channel (ibv_create_comp_channel)",
				      error);
}

int kog_destroy_comp_channel(struct kog_object *object)
{
	int result = ibv_destroy_comp_channel(object->raw);

	return result ? -kog_error(result) : 0;
}

JNIEXPORT jint JNICALL DISPATCHER(destroyCompChannel)(JNIEnv *env, jobject self, jlong handle)
{
	(void)env;
	(void)self;
	return kog_close(handle, KOG_COMP_CHANNEL);
}

JNIEXPORT jint JNICALL NATIVES(wakeCompletionChannel)(JNIEnv *env, jclass self, jlong handle)
{
	(void)env;
	(void)self;
	return kog_wake(handle, KOG_COMP_CHANNEL);
}

/* A channel of 0 makes a queue that is only polled. */
JNIEXPORT jlong JNICALL DISPATCHER(createCQ)(JNIEnv *env, jobject self, jlong context_handle,
					     jlong channel_handle, jint size, jint vector)
{
	struct kog_object *context = kog_enter(context_handle, KOG_CONTEXT);
	struct kog_object *channel =
		channel_handle ? kog_enter(channel_handle, KOG_COMP_CHANNEL) : NULL;
	struct kog_object *parents[] = { context, channel };
	struct ibv_cq *cq = NULL;
	int64_t handle = 0;
	int error = EBADF;

	(void)self;
	if (context && (channel || !channel_handle)) {
		cq = ibv_create_cq(context->raw, size, NULL, channel ? channel->raw : NULL,
				   vector);
		error = errno;
	}
	if (cq) {
		handle = kog_open(KOG_CQ, cq, -1, channel ? 2 : 1, parents);
		error = errno;
		if (!handle)
			ibv_destroy_cq(cq);
	}
	if (channel)
		kog_leave(channel);
	if (context)
		kog_leave(context);
	return handle ? handle : fail(env, "no completion queue (ibv_create_cq)", error);
}

int kog_destroy_cq(struct kog_object *object)
{
	/* Waits until its events are acknowledged, which they are when they are taken. */
	int result = ibv_destroy_cq(object->raw);

	return result ? -kog_error(result) : 0;
}

JNIEXPORT jint JNICALL DISPATCHER(destroyCQ)(JNIEnv *env, jobject self, jlong handle)
{
	(void)env;
	(void)self;
	return kog_close(handle, KOG_CQ);
}

/* Whether the next event of the channel was taken. */
static bool take(struct kog_object *channel)
{
	struct ibv_cq *cq;
	void *context;

	if (ibv_get_cq_event(channel->raw, &cq, &context))
		return false;
	ibv_ack_cq_events(cq, 1);
	return true;
}

/* 0 for an event, or negative: -ETIMEDOUT, -EINTR when woken, -EBADF when closed. */
JNIEXPORT jint JNICALL DISPATCHER(getCqEvent)(JNIEnv *env, jobject self, jlong handle,
					      jint timeout_millis)
{
	struct kog_object *channel = kog_enter(handle, KOG_COMP_CHANNEL);
	int64_t deadline = timeout_millis < 0 ? -1 : kog_now_millis() + timeout_millis;
	int result = 1;

	(void)env;
	(void)self;
	if (!channel)
		return -errno;
	while (result > 0) {
		switch (kog_await(channel, ((struct ibv_comp_channel *)channel->raw)->fd,
				  deadline)) {
		case KOG_READY:
			if (take(channel))
				result = 0;
			else if (errno != EAGAIN && errno != EINTR)
				result = -kog_error(-1);
			break;
		case KOG_WOKEN:
			result = kog_is_closed(channel) ? -EBADF : -EINTR;
			break;
		case KOG_FAILED:
			result = -errno;
			break;
		case KOG_TIMEOUT:
			result = -ETIMEDOUT;
			break;
		}
	}
	kog_leave(channel);
	return result;
}

/* Events are acknowledged when they are taken. */
JNIEXPORT jint JNICALL DISPATCHER(ackCqEvent)(JNIEnv *env, jobject self, jlong handle, jint count)
{
	(void)env;
	(void)self;
	(void)handle;
	(void)count;
	return 0;
}

JNIEXPORT jint JNICALL DISPATCHER(pollCQ)(JNIEnv *env, jobject self, jlong handle, jint max,
					  jlong completions)
{
	struct kog_object *cq = kog_enter(handle, KOG_CQ);
	int count;

	(void)self;
	if (!cq)
		return (jint)fail(env, "cannot poll the completion queue", errno);
	if (max < 0 || !completions)
		count = -EINVAL;
	else
		count = ibv_poll_cq(cq->raw, max, kog_pointer(completions));
	kog_leave(cq);
	if (count < 0)
		return (jint)fail(env, "cannot poll the completion queue (ibv_poll_cq)", -count);
	return count;
}

JNIEXPORT jint JNICALL DISPATCHER(reqNotifyCQ)(JNIEnv *env, jobject self, jlong handle,
					       jint solicited_only)
{
	struct kog_object *cq = kog_enter(handle, KOG_CQ);
	int result;

	(void)self;
	if (!cq)
		return (jint)fail(env, "cannot arm the completion queue", errno);
	result = ibv_req_notify_cq(cq->raw, solicited_only);
	kog_leave(cq);
	if (result)
		return (jint)fail(env, "cannot arm the completion queue (ibv_req_notify_cq)",
				  kog_error(result));
	return 0;
}
