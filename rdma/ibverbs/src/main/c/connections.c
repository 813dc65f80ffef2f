/* Event channels and ids: librdmacm. An id is used with the lock of its channel held. */
#include "provider.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The most that a connection request carries besides the header of rdma_cm. */
#define PRIVATE_MAX 56

/* Times a request is sent again before the peer counts as gone, when the caller names none. */
#define RETRIES 7

static struct kog_object *channel_of(const struct kog_object *id)
{
	return id->parents[0];
}

static struct kog_object *enter_id(jlong handle)
{
	struct kog_object *id = kog_enter(handle, KOG_ID);

	if (id)
		pthread_mutex_lock(&channel_of(id)->lock);
	return id;
}

static void leave_id(struct kog_object *id)
{
	pthread_mutex_unlock(&channel_of(id)->lock);
	kog_leave(id);
}

JNIEXPORT jlong JNICALL DISPATCHER(createEventChannel)(JNIEnv *env, jobject self)
{
	struct rdma_event_channel *channel;
	int wake_fd;
	int64_t handle;
	int error;

	(void)self;
	channel = rdma_create_event_channel();
	if (!channel) {
		kog_throw(env, "no channel for connection events (rdma_create_event_channel)",
			  errno);
		return -1;
	}
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	error = wake_fd < 0 ? errno : kog_unblock(channel->fd);
	handle = error ? 0 : kog_open(KOG_EVENT_CHANNEL, channel, wake_fd, 0, NULL);
	if (handle)
		return handle;
	if (!error)
		error = errno;
	if (wake_fd >= 0)
		close(wake_fd);
	rdma_destroy_event_channel(channel);
	kog_throw(env, "no channel for connection events", error);
	return -1;
}

int kog_destroy_event_channel(struct kog_object *object)
{
	rdma_destroy_event_channel(object->raw);
	return 0;
}

JNIEXPORT jint JNICALL DISPATCHER(destroyEventChannel)(JNIEnv *env, jobject self, jlong handle)
{
	(void)env;
	(void)self;
	return kog_close(handle, KOG_EVENT_CHANNEL);
}

JNIEXPORT jlong JNICALL DISPATCHER(createId)(JNIEnv *env, jobject self, jlong channel_handle,
					     jshort port_space)
{
	struct kog_object *channel = kog_enter(channel_handle, KOG_EVENT_CHANNEL);
	struct rdma_cm_id *id = NULL;
	int64_t handle = 0;
	int error = 0;

	(void)self;
	if (!channel) {
		kog_throw(env, "cannot make an id on the event channel", errno);
		return -1;
	}
	pthread_mutex_lock(&channel->lock);
	if (rdma_create_id(channel->raw, &id, NULL, (enum rdma_port_space)port_space)) {
		error = kog_error(-1);
	} else {
		handle = kog_open(KOG_ID, id, -1, 1, &channel);
		if (handle) {
			id->context = kog_pointer(handle);
		} else {
			error = errno;
			rdma_destroy_id(id);
		}
	}
	pthread_mutex_unlock(&channel->lock);
	kog_leave(channel);
	if (error) {
		kog_throw(env, "cannot make an id (rdma_create_id)", error);
		return -1;
	}
	return handle;
}

int kog_destroy_id(struct kog_object *object)
{
	struct kog_object *channel = channel_of(object);
	int result;

	/* Waits until its events are acknowledged: they are, before the lock is released. */
	pthread_mutex_lock(&channel->lock);
	result = rdma_destroy_id(object->raw) ? -kog_error(-1) : 0;
	pthread_mutex_unlock(&channel->lock);
	return result;
}

static int close_queue_pair(jlong id_handle)
{
	struct kog_object *id = enter_id(id_handle);
	int64_t queue_pair;

	if (!id)
		return -errno;
	queue_pair = id->queue_pair;
	id->queue_pair = 0;
	leave_id(id);
	return queue_pair ? kog_close(queue_pair, KOG_QP) : 0;
}

JNIEXPORT jint JNICALL DISPATCHER(destroyQP)(JNIEnv *env, jobject self, jlong id_handle)
{
	(void)env;
	(void)self;
	return close_queue_pair(id_handle);
}

JNIEXPORT jint JNICALL DISPATCHER(destroyCmId)(JNIEnv *env, jobject self, jlong id_handle)
{
	int first = close_queue_pair(id_handle);
	int second = kog_close(id_handle, KOG_ID);

	(void)env;
	(void)self;
	return first ? first : second;
}

JNIEXPORT jint JNICALL DISPATCHER(destroyEp)(JNIEnv *env, jobject self, jlong id_handle)
{
	return DISPATCHER(destroyCmId)(env, self, id_handle);
}

/* `address` is a sockaddr_in or sockaddr_in6 that Java has laid out. */
JNIEXPORT void JNICALL DISPATCHER(bindAddr)(JNIEnv *env, jobject self, jlong id_handle,
					    jlong address)
{
	struct kog_object *id = enter_id(id_handle);
	int error = 0;

	(void)self;
	if (!id) {
		kog_throw(env, "cannot bind the id", errno);
		return;
	}
	if (!address)
		error = EINVAL;
	else if (rdma_bind_addr(id->raw, kog_pointer(address)))
		error = kog_error(-1);
	leave_id(id);
	if (error)
		kog_throw(env, "cannot bind (rdma_bind_addr)", error);
}

JNIEXPORT void JNICALL DISPATCHER(listen)(JNIEnv *env, jobject self, jlong id_handle, jint backlog)
{
	struct kog_object *id = enter_id(id_handle);
	int error = 0;

	(void)self;
	if (!id) {
		kog_throw(env, "cannot listen", errno);
		return;
	}
	if (rdma_listen(id->raw, backlog))
		error = kog_error(-1);
	leave_id(id);
	if (error)
		kog_throw(env, "cannot listen (rdma_listen)", error);
}

JNIEXPORT void JNICALL DISPATCHER(resolveAddr)(JNIEnv *env, jobject self, jlong id_handle,
					       jlong source, jlong target, jint timeout_millis)
{
	struct kog_object *id = enter_id(id_handle);
	int error = 0;

	(void)self;
	if (!id) {
		kog_throw(env, "cannot resolve an address", errno);
		return;
	}
	if (!target)
		error = EINVAL;
	else if (rdma_resolve_addr(id->raw, kog_pointer(source), kog_pointer(target),
				   timeout_millis))
		error = kog_error(-1);
	leave_id(id);
	if (error)
		kog_throw(env, "cannot resolve the address (rdma_resolve_addr)", error);
}

JNIEXPORT void JNICALL DISPATCHER(resolveRoute)(JNIEnv *env, jobject self, jlong id_handle,
						jint timeout_millis)
{
	struct kog_object *id = enter_id(id_handle);
	int error = 0;

	(void)self;
	if (!id) {
		kog_throw(env, "cannot resolve a route", errno);
		return;
	}
	if (rdma_resolve_route(id->raw, timeout_millis))
		error = kog_error(-1);
	leave_id(id);
	if (error)
		kog_throw(env, "cannot resolve the route (rdma_resolve_route)", error);
}

/* DiSNI leaves all it does not name at 0; for these, 0 means as much as the device has. */
static void fill(struct rdma_conn_param *parameters, jint responder_resources,
		 jint initiator_depth, jint retries, jint rnr_retries, jlong private_data,
		 jint private_length)
{
	memset(parameters, 0, sizeof(*parameters));
	parameters->responder_resources =
		responder_resources > 0 ? (uint8_t)responder_resources : RDMA_MAX_RESP_RES;
	parameters->initiator_depth =
		initiator_depth > 0 ? (uint8_t)initiator_depth : RDMA_MAX_INIT_DEPTH;
	parameters->retry_count = retries > 0 ? (uint8_t)(retries & 7) : RETRIES;
	parameters->rnr_retry_count = (uint8_t)(rnr_retries & 7);
	if (private_data && private_length > 0 && private_length <= PRIVATE_MAX) {
		parameters->private_data = kog_pointer(private_data);
		parameters->private_data_len = (uint8_t)private_length;
	}
}

static void connect_or_accept(JNIEnv *env, bool is_connect, jlong id_handle,
			      struct rdma_conn_param *parameters)
{
	struct kog_object *id = enter_id(id_handle);
	int error = 0;

	if (!id) {
		kog_throw(env, is_connect ? "cannot connect" : "cannot accept", errno);
		return;
	}
	if (is_connect ? rdma_connect(id->raw, parameters) : rdma_accept(id->raw, parameters))
		error = kog_error(-1);
	leave_id(id);
	if (error)
		kog_throw(env, is_connect ? "cannot connect (rdma_connect)"
					  : "cannot accept (rdma_accept)", error);
}

JNIEXPORT void JNICALL DISPATCHER(connect)(JNIEnv *env, jobject self, jlong id_handle,
					   jint retries, jint rnr_retries, jlong private_data,
					   jbyte private_length)
{
	struct rdma_conn_param parameters;

	(void)self;
	fill(&parameters, 0, 0, retries, rnr_retries, private_data, private_length);
	connect_or_accept(env, true, id_handle, &parameters);
}

JNIEXPORT void JNICALL DISPATCHER(accept)(JNIEnv *env, jobject self, jlong id_handle, jint retries,
					  jint rnr_retries)
{
	struct rdma_conn_param parameters;

	(void)self;
	fill(&parameters, 0, 0, retries, rnr_retries, 0, 0);
	connect_or_accept(env, false, id_handle, &parameters);
}

JNIEXPORT void JNICALL NATIVES(connect)(JNIEnv *env, jclass self, jlong id_handle,
					jboolean is_connect, jint responder_resources,
					jint initiator_depth, jint retries, jint rnr_retries,
					jlong private_data, jint private_length)
{
	struct rdma_conn_param parameters;

	(void)self;
	fill(&parameters, responder_resources, initiator_depth, retries, rnr_retries,
	     private_data, private_length);
	connect_or_accept(env, is_connect, id_handle, &parameters);
}

JNIEXPORT void JNICALL NATIVES(reject)(JNIEnv *env, jclass self, jlong id_handle)
{
	struct kog_object *id = enter_id(id_handle);
	int error = 0;

	(void)self;
	if (!id) {
		kog_throw(env, "cannot reject", errno);
		return;
	}
	if (rdma_reject(id->raw, NULL, 0))
		error = kog_error(-1);
	leave_id(id);
	if (error)
		kog_throw(env, "cannot reject (rdma_reject)", error);
}

JNIEXPORT jint JNICALL DISPATCHER(disconnect)(JNIEnv *env, jobject self, jlong id_handle)
{
	struct kog_object *id = enter_id(id_handle);
	int result;

	(void)env;
	(void)self;
	if (!id)
		return -errno;
	result = rdma_disconnect(id->raw) ? -kog_error(-1) : 0;
	leave_id(id);
	/* What is not connected has nothing to disconnect. */
	return result == -EINVAL || result == -ENOTCONN ? 0 : result;
}

static jint address_of(jlong id_handle, jlong address, bool is_source)
{
	struct kog_object *id = enter_id(id_handle);
	struct sockaddr *from;

	if (!id)
		return -errno;
	from = is_source ? rdma_get_local_addr(id->raw) : rdma_get_peer_addr(id->raw);
	if (address)
		memcpy(kog_pointer(address), from,
		       from->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						   : sizeof(struct sockaddr_in));
	leave_id(id);
	return address ? 0 : -EINVAL;
}

JNIEXPORT jint JNICALL DISPATCHER(getSrcAddr)(JNIEnv *env, jobject self, jlong id_handle,
					      jlong address)
{
	(void)env;
	(void)self;
	return address_of(id_handle, address, true);
}

JNIEXPORT jint JNICALL DISPATCHER(getDstAddr)(JNIEnv *env, jobject self, jlong id_handle,
					      jlong address)
{
	(void)env;
	(void)self;
	return address_of(id_handle, address, false);
}

/* The device that an id was bound or resolved to; throws when it was not yet. */
JNIEXPORT jlong JNICALL DISPATCHER(getContext)(JNIEnv *env, jobject self, jlong id_handle)
{
	struct kog_object *id = enter_id(id_handle);
	struct ibv_context *context;
	int64_t handle = 0;

	(void)self;
	if (!id) {
		kog_throw(env, "the id has no device", errno);
		return -1;
	}
	context = ((struct rdma_cm_id *)id->raw)->verbs;
	if (context)
		handle = kog_context(context);
	leave_id(id);
	if (!handle) {
		kog_throw(env, "the id has no device: it is bound to none", ENODEV);
		return -1;
	}
	return handle;
}
