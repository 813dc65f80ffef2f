/* Protection domains and memory regions. */
#include "provider.h"

static jlong fail(JNIEnv *env, const char *call, int error)
{
	kog_throw(env, call, error);
	return -1;
}

JNIEXPORT jlong JNICALL DISPATCHER(allocPd)(JNIEnv *env, jobject self, jlong context_handle)
{
	struct kog_object *context = kog_enter(context_handle, KOG_CONTEXT);
	struct ibv_pd *pd;
	int64_t handle = 0;
	int error;

	(void)self;
	if (!context)
		return fail(env, "no protection domain: the device", errno);
	pd = ibv_alloc_pd(context->raw);
	error = errno;
	if (pd) {
		handle = kog_open(KOG_PD, pd, -1, 1, &context);
		error = errno;
		if (!handle)
			ibv_dealloc_pd(pd);
	}
	kog_leave(context);
	return handle ? handle : fail(env, "no protection domain (ibv_alloc_pd)", error);
}

int kog_destroy_pd(struct kog_object *object)
{
	int result = ibv_dealloc_pd(object->raw);

	return result ? -kog_error(result) : 0;
}

JNIEXPORT jint JNICALL DISPATCHER(deallocPd)(JNIEnv *env, jobject self, jlong handle)
{
	(void)env;
	(void)self;
	return kog_close(handle, KOG_PD);
}

JNIEXPORT jint JNICALL DISPATCHER(getPdHandle)(JNIEnv *env, jobject self, jlong handle)
{
	struct kog_object *pd = kog_enter(handle, KOG_PD);
	jint number;

	(void)self;
	if (!pd)
		return (jint)fail(env, "the protection domain has no number", errno);
	number = (jint)((struct ibv_pd *)pd->raw)->handle;
	kog_leave(pd);
	return number;
}

static jlong reg(JNIEnv *env, jlong pd_handle, jlong address, jlong length, jint access,
		 uint32_t keys[3])
{
	struct kog_object *pd = kog_enter(pd_handle, KOG_PD);
	struct ibv_mr *mr;
	int64_t handle = 0;
	int error;

	if (!pd)
		return fail(env, "cannot register memory: the protection domain", errno);
	errno = 0;
	mr = ibv_reg_mr(pd->raw, kog_pointer(address), (size_t)length, (unsigned int)access);
	error = errno;
	if (mr) {
		keys[0] = mr->lkey;
		keys[1] = mr->rkey;
		keys[2] = mr->handle;
		handle = kog_open(KOG_MR, mr, -1, 1, &pd);
		error = errno;
		if (!handle)
			ibv_dereg_mr(mr);
	}
	kog_leave(pd);
	if (handle)
		return handle;
	if (error == ENOMEM || error == EAGAIN)
		return fail(env, "cannot register memory (ibv_reg_mr); is the limit of locked "
				 "memory (ulimit -l) too low?", error);
	return fail(env, "cannot register memory (ibv_reg_mr)", error ? error : EIO);
}

JNIEXPORT jlong JNICALL DISPATCHER(regMr)(JNIEnv *env, jobject self, jlong pd, jlong address,
					  jint length, jint access, jlong lkey, jlong rkey,
					  jlong number)
{
	uint32_t keys[3];
	jlong handle;

	(void)self;
	if (length < 0 || !lkey || !rkey || !number)
		return fail(env, "cannot register memory", EINVAL);
	handle = reg(env, pd, address, length, access, keys);
	if (handle > 0) {
		*(uint32_t *)kog_pointer(lkey) = keys[0];
		*(uint32_t *)kog_pointer(rkey) = keys[1];
		*(uint32_t *)kog_pointer(number) = keys[2];
	}
	return handle;
}

int kog_destroy_mr(struct kog_object *object)
{
	int result = ibv_dereg_mr(object->raw);

	return result ? -kog_error(result) : 0;
}

JNIEXPORT void JNICALL DISPATCHER(deregMr)(JNIEnv *env, jobject self, jlong handle)
{
	int result = kog_close(handle, KOG_MR);

	(void)self;
	if (result)
		kog_throw(env, "cannot deregister memory (ibv_dereg_mr)", -result);
}

/* What a device can do with memory that is not pinned, for reliable connections. */
JNIEXPORT jint JNICALL DISPATCHER(queryOdpSupport)(JNIEnv *env, jobject self, jlong handle)
{
	struct kog_object *context = kog_enter(handle, KOG_CONTEXT);
	struct ibv_device_attr_ex attributes;
	int result;

	(void)env;
	(void)self;
	if (!context)
		return -errno;
	result = ibv_query_device_ex(context->raw, NULL, &attributes);
	kog_leave(context);
	if (result)
		return -kog_error(result);
	if (!(attributes.odp_caps.general_caps & IBV_ODP_SUPPORT))
		return 0;
	return (jint)attributes.odp_caps.per_transport_caps.rc_odp_caps;
}

JNIEXPORT jint JNICALL DISPATCHER(expPrefetchMr)(JNIEnv *env, jobject self, jlong handle,
						 jlong address, jint length)
{
	struct kog_object *mr = kog_enter(handle, KOG_MR);
	struct ibv_sge piece;
	struct ibv_mr *raw;
	int result;

	(void)self;
	if (!mr)
		return (jint)fail(env, "cannot prefetch: the memory region", errno);
	raw = mr->raw;
	piece.addr = (uint64_t)address;
	piece.length = (uint32_t)length;
	piece.lkey = raw->lkey;
	result = ibv_advise_mr(raw->pd, IBV_ADVISE_MR_ADVICE_PREFETCH_WRITE, 0, &piece, 1);
	kog_leave(mr);
	if (result)
		return (jint)fail(env, "cannot prefetch (ibv_advise_mr)", kog_error(result));
	return 0;
}
