"""
Starts ministack with all bridges, on 127.0.0.1:$GATEWAY_PORT. Writes its gaps to $DEPLOY_WORK/gaps, one on each line.
Needs the environment that start-emulator.ts sets.
"""
import os

from ministack import app

import bridge
import batch_jobs  # noqa: F401 (each module bridges when it is imported)
import batch_stacks  # noqa: F401
import functions  # noqa: F401
import gateway  # noqa: F401
import permissions  # noqa: F401
import state_machines  # noqa: F401

# It also listens on port 443 where it may, which no check uses.
app._port_is_bindable = lambda *_: False

if __name__ == "__main__":
    with open(os.path.join(os.environ["DEPLOY_WORK"], "gaps"), "w", encoding="utf8") as file:
        file.writelines(f"{lack}\n" for lack in bridge.gaps)
    app.main()
