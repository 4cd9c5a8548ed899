"""Reads deliveries as JSON and writes, for each, why the package standardwebhooks refuses it, or null if it accepts it."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def refusal(delivery):
    try:
        verified = Webhook(delivery["secret"]).verify(delivery["body"], delivery["headers"])
    except WebhookVerificationError as error:
        return str(error)
    return None if verified == json.loads(delivery["body"]) else "The event differs from the body"


json.dump([refusal(delivery) for delivery in json.load(sys.stdin)], sys.stdout)
