/* Sizes and offsets of what Java lays out by hand. */
#include "provider.h"

#include <netinet/in.h>
#include <stddef.h>

#define DISNI_VERSION 32

#define SIZE(name, type)                                                     \
	JNIEXPORT jint JNICALL DISPATCHER(name)(JNIEnv *env, jobject self)   \
	{                                                                    \
		(void)env;                                                   \
		(void)self;                                                  \
		return (jint)sizeof(type);                                   \
	}

/* DiSNI allocates so much for an address: it may be one of IPv6. */
SIZE(getSockAddrInSize, struct sockaddr_in6)
SIZE(getIbvRecvWRSize, struct ibv_recv_wr)
SIZE(getIbvSendWRSize, struct ibv_send_wr)
SIZE(getIbvSgeSize, struct ibv_sge)
SIZE(getIbvWCSize, struct ibv_wc)

JNIEXPORT jint JNICALL DISPATCHER(getRemoteAddressOffset)(JNIEnv *env, jobject self)
{
	(void)env;
	(void)self;
	return (jint)offsetof(struct ibv_send_wr, wr.rdma.remote_addr);
}

JNIEXPORT jint JNICALL DISPATCHER(getRKeyOffset)(JNIEnv *env, jobject self)
{
	(void)env;
	(void)self;
	return (jint)offsetof(struct ibv_send_wr, wr.rdma.rkey);
}

JNIEXPORT jint JNICALL DISPATCHER(getVersion)(JNIEnv *env, jobject self)
{
	(void)env;
	(void)self;
	return DISNI_VERSION;
}

/* In the order of the constants of Layout.java. */
JNIEXPORT jintArray JNICALL NATIVES(layout)(JNIEnv *env, jclass self)
{
	static const jint offsets[] = {
		sizeof(struct ibv_send_wr),
		offsetof(struct ibv_send_wr, wr_id),
		offsetof(struct ibv_send_wr, next),
		offsetof(struct ibv_send_wr, sg_list),
		offsetof(struct ibv_send_wr, num_sge),
		offsetof(struct ibv_send_wr, opcode),
		offsetof(struct ibv_send_wr, send_flags),
		offsetof(struct ibv_send_wr, imm_data),
		offsetof(struct ibv_send_wr, wr.rdma.remote_addr),
		offsetof(struct ibv_send_wr, wr.rdma.rkey),
		offsetof(struct ibv_send_wr, wr.atomic.remote_addr),
		offsetof(struct ibv_send_wr, wr.atomic.compare_add),
		offsetof(struct ibv_send_wr, wr.atomic.swap),
		offsetof(struct ibv_send_wr, wr.atomic.rkey),
		sizeof(struct ibv_recv_wr),
		offsetof(struct ibv_recv_wr, wr_id),
		offsetof(struct ibv_recv_wr, next),
		offsetof(struct ibv_recv_wr, sg_list),
		offsetof(struct ibv_recv_wr, num_sge),
		sizeof(struct ibv_sge),
		offsetof(struct ibv_sge, addr),
		offsetof(struct ibv_sge, length),
		offsetof(struct ibv_sge, lkey),
		sizeof(struct ibv_wc),
		offsetof(struct ibv_wc, wr_id),
		offsetof(struct ibv_wc, status),
		offsetof(struct ibv_wc, opcode),
		offsetof(struct ibv_wc, vendor_err),
		offsetof(struct ibv_wc, byte_len),
		offsetof(struct ibv_wc, imm_data),
		offsetof(struct ibv_wc, qp_num),
		offsetof(struct ibv_wc, src_qp),
		offsetof(struct ibv_wc, wc_flags),
		sizeof(struct kog_event),
		offsetof(struct kog_event, type),
		offsetof(struct kog_event, status),
		offsetof(struct kog_event, listener),
		offsetof(struct kog_event, id),
		offsetof(struct kog_event, private_length),
		offsetof(struct kog_event, private_data),
	};
	const jsize count = sizeof(offsets) / sizeof(offsets[0]);
	jintArray made = (*env)->NewIntArray(env, count);

	(void)self;
	if (made)
		(*env)->SetIntArrayRegion(env, made, 0, count, offsets);
	return made;
}

JNIEXPORT jint JNICALL NATIVES(liveObjects)(JNIEnv *env, jclass self)
{
	(void)env;
	(void)self;
	return kog_count();
}
