// qSupported: what gdb can do, and what we can with this target.

import type { Packets } from '../packet.js';
import type { GdbSession } from '../session.js';
import { PACKET_SIZE } from '../settings.js';

const ALWAYS: readonly string[] = [
  'QStartNoAckMode+',
  'QNonStop+',
  'QPassSignals+',
  'QProgramSignals+',
  'multiprocess+',
  'vContSupported+',
  'swbreak+',
  'hwbreak+',
  'qXfer:features:read+',
  'qXfer:auxv:read+',
  'qXfer:exec-file:read+',
  'qXfer:libraries-svr4:read+',
  'augmented-libraries-svr4-read+',
  'qXfer:threads:read+',
  'qXfer:siginfo:read+',
  'qXfer:siginfo:write+',
  'exec-events+',
];

export const supported: Packets = {
  qSupported: async (session, args) => {
    const { settings } = session;
    const offered = new Set(args.split(';'));
    settings.multiprocess = offered.has('multiprocess+');
    settings.errorMessages = offered.has('error-message+');
    settings.swbreak = offered.has('swbreak+');
    settings.hwbreak = offered.has('hwbreak+');
    settings.forkEvents = offered.has('fork-events+');
    settings.vforkEvents = offered.has('vfork-events+');
    settings.execEvents = offered.has('exec-events+');
    return [`PacketSize=${PACKET_SIZE.toString(16)}`, ...ALWAYS, ...byCapability(session)].join(';');
  },
};

function byCapability({ options, settings }: GdbSession): string[] {
  return [...(options.followsChildren ? ['fork-events+', 'vfork-events+'] : []), ...(settings.errorMessages ? ['error-message+'] : [])];
}
