#include "provider.h"

int kog_destroy_raw(enum kog_kind kind, struct kog_object *object)
{
	switch (kind) {
	case KOG_EVENT_CHANNEL:
		return kog_destroy_event_channel(object);
	case KOG_ID:
		return kog_destroy_id(object);
	case KOG_QP:
		return kog_destroy_qp(object);
	case KOG_PD:
		return kog_destroy_pd(object);
	case KOG_MR:
		return kog_destroy_mr(object);
	case KOG_COMP_CHANNEL:
		return kog_destroy_comp_channel(object);
	case KOG_CQ:
		return kog_destroy_cq(object);
	case KOG_CONTEXT:
		/* librdmacm keeps the devices open. */
		return 0;
	}
	return -EINVAL;
}
