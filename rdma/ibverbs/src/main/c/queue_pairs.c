/* Queue pairs and what is posted to them. */
#include "provider.h"

#include <string.h>

/* What DiSNI's own classes assume; they have no way to ask for another number. */
#define PIECES 4

static int64_t make(struct kog_object *id, struct kog_object *pd, struct kog_object *send_cq,
		    struct kog_object *recv_cq, struct ibv_qp_init_attr *attributes)
{
	struct kog_object *parents[KOG_PARENTS_MAX] = { id, pd, send_cq, recv_cq };
	struct kog_object *channel = id->parents[0];
	struct rdma_cm_id *raw = id->raw;
	int64_t handle = 0;
	int error = 0;

	attributes->send_cq = send_cq->raw;
	attributes->recv_cq = recv_cq->raw;
	pthread_mutex_lock(&channel->lock);
	if (id->queue_pair) {
		error = EEXIST;
	} else if (raw->verbs != ((struct ibv_pd *)pd->raw)->context) {
		error = EXDEV;
	} else if (rdma_create_qp(raw, pd->raw, attributes)) {
		error = kog_error(-1);
	} else {
		handle = kog_open(KOG_QP, raw->qp, -1, KOG_PARENTS_MAX, parents);
		if (!handle) {
			error = errno;
			rdma_destroy_qp(raw);
		}
		id->queue_pair = handle;
	}
	pthread_mutex_unlock(&channel->lock);
	errno = error;
	return handle;
}

static jlong create(JNIEnv *env, jlong id_handle, jlong pd_handle, jlong send_cq_handle,
		    jlong recv_cq_handle, struct ibv_qp_init_attr *attributes)
{
	struct kog_object *id = kog_enter(id_handle, KOG_ID);
	struct kog_object *pd = kog_enter(pd_handle, KOG_PD);
	struct kog_object *send_cq = kog_enter(send_cq_handle, KOG_CQ);
	struct kog_object *recv_cq = kog_enter(recv_cq_handle, KOG_CQ);
	int64_t handle = 0;
	int error = EBADF;

	if (id && pd && send_cq && recv_cq) {
		handle = make(id, pd, send_cq, recv_cq, attributes);
		error = errno;
	}
	if (recv_cq)
		kog_leave(recv_cq);
	if (send_cq)
		kog_leave(send_cq);
	if (pd)
		kog_leave(pd);
	if (id)
		kog_leave(id);
	if (!handle) {
		kog_throw(env, "cannot make a queue pair (rdma_create_qp)", error);
		return -1;
	}
	return handle;
}

JNIEXPORT jlong JNICALL DISPATCHER(createQP)(JNIEnv *env, jobject self, jlong id, jlong pd,
					     jlong send_cq, jlong recv_cq, jint type,
					     jint sends, jint receives, jint inline_bytes)
{
	struct ibv_qp_init_attr attributes;

	(void)self;
	memset(&attributes, 0, sizeof(attributes));
	attributes.qp_type = (enum ibv_qp_type)type;
	attributes.cap.max_send_wr = (uint32_t)sends;
	attributes.cap.max_recv_wr = (uint32_t)receives;
	attributes.cap.max_send_sge = PIECES;
	attributes.cap.max_recv_sge = PIECES;
	attributes.cap.max_inline_data = (uint32_t)inline_bytes;
	return create(env, id, pd, send_cq, recv_cq, &attributes);
}

/* `caps`, in and out: sends, receives, pieces of a send, pieces of a receive, inline bytes. */
JNIEXPORT jlong JNICALL NATIVES(createQueuePair)(JNIEnv *env, jclass self, jlong id, jlong pd,
						 jlong send_cq, jlong recv_cq, jint type,
						 jboolean signals_all, jintArray caps)
{
	struct ibv_qp_init_attr attributes;
	jint cap[5];
	jlong handle;

	(void)self;
	(*env)->GetIntArrayRegion(env, caps, 0, 5, cap);
	if ((*env)->ExceptionCheck(env))
		return -1;
	memset(&attributes, 0, sizeof(attributes));
	attributes.qp_type = (enum ibv_qp_type)type;
	attributes.sq_sig_all = signals_all ? 1 : 0;
	attributes.cap.max_send_wr = (uint32_t)cap[0];
	attributes.cap.max_recv_wr = (uint32_t)cap[1];
	attributes.cap.max_send_sge = (uint32_t)cap[2];
	attributes.cap.max_recv_sge = (uint32_t)cap[3];
	attributes.cap.max_inline_data = (uint32_t)cap[4];
	handle = create(env, id, pd, send_cq, recv_cq, &attributes);
	if (handle > 0) {
		cap[0] = (jint)attributes.cap.max_send_wr;
		cap[1] = (jint)attributes.cap.max_recv_wr;
		cap[2] = (jint)attributes.cap.max_send_sge;
		cap[3] = (jint)attributes.cap.max_recv_sge;
		cap[4] = (jint)attributes.cap.max_inline_data;
		(*env)->SetIntArrayRegion(env, caps, 0, 5, cap);
	}
	return handle;
}

int kog_destroy_qp(struct kog_object *object)
{
	struct kog_object *id = object->parents[0];
	struct kog_object *channel = id->parents[0];

	/* librdmacm uses the queue pair of an id while it takes that id's events. */
	pthread_mutex_lock(&channel->lock);
	rdma_destroy_qp(id->raw);
	pthread_mutex_unlock(&channel->lock);
	return 0;
}

/* DiSNI calls this with no attributes: there is nothing that could be changed. */
JNIEXPORT jint JNICALL DISPATCHER(modifyQP)(JNIEnv *env, jobject self, jlong handle,
					    jlong attributes)
{
	struct kog_object *qp = kog_enter(handle, KOG_QP);

	(void)self;
	(void)attributes;
	if (!qp) {
		kog_throw(env, "cannot change the queue pair", errno);
		return -EBADF;
	}
	kog_leave(qp);
	kog_throw(env, "cannot change the queue pair: DiSNI passes no attributes", ENOTSUP);
	return -ENOTSUP;
}

JNIEXPORT jint JNICALL DISPATCHER(getQpNum)(JNIEnv *env, jobject self, jlong handle)
{
	struct kog_object *qp = kog_enter(handle, KOG_QP);
	jint number;

	(void)self;
	if (!qp) {
		kog_throw(env, "the queue pair has no number", errno);
		return -1;
	}
	number = (jint)((struct ibv_qp *)qp->raw)->qp_num;
	kog_leave(qp);
	return number;
}

JNIEXPORT void JNICALL DISPATCHER(postSend)(JNIEnv *env, jobject self, jlong handle,
					    jlong requests)
{
	struct kog_object *qp = kog_enter(handle, KOG_QP);
	struct ibv_send_wr *bad = NULL;
	int result;

	(void)self;
	if (!qp) {
		kog_throw(env, "cannot post to the queue pair", errno);
		return;
	}
	result = requests ? ibv_post_send(qp->raw, kog_pointer(requests), &bad) : EINVAL;
	kog_leave(qp);
	if (result)
		kog_throw(env, "cannot post a work request (ibv_post_send)", kog_error(result));
}

JNIEXPORT void JNICALL DISPATCHER(postRecv)(JNIEnv *env, jobject self, jlong handle,
					    jlong requests)
{
	struct kog_object *qp = kog_enter(handle, KOG_QP);
	struct ibv_recv_wr *bad = NULL;
	int result;

	(void)self;
	if (!qp) {
		kog_throw(env, "cannot post to the queue pair", errno);
		return;
	}
	result = requests ? ibv_post_recv(qp->raw, kog_pointer(requests), &bad) : EINVAL;
	kog_leave(qp);
	if (result)
		kog_throw(env, "cannot post a RECV (ibv_post_recv)", kog_error(result));
}
