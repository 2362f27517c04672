// What is agreed on at the beginning: acknowledgements, non-stop mode, signals that stop nobody.
import { linuxSignal, numberOfHex } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { OK, RefusedError, UNKNOWN } from '../replies.js';

export const agreements: Packets = {
  QStartNoAckMode: ({ peer }) => {
    peer.stopAcknowledging();
    return OK;
  },
  QNonStop: async ({ settings, steering }, args) => {
    if (args !== '0' && args !== '1') throw new RefusedError('EINVAL', 'QNonStop takes 0 or 1');
    settings.nonStop = args === '1';
    await steering.applyPolicy();
    return OK;
  },
  QPassSignals: async ({ settings, steering }, args) => {
    settings.passSignals = new Set(signalsOf(args));
    await steering.applyPolicy();
    return OK;
  },
  // All signals are passed on as gdb says at every resumption.
  QProgramSignals: (_, args) => {
    signalsOf(args);
    return OK;
  },
  vMustReplyEmpty: () => UNKNOWN,
};

function signalsOf(args: string): number[] {
  return args
    .split(';')
    .filter((text) => text !== '')
    .map((text) => {
      const signal = numberOfHex(text);
      if (signal === null) throw new RefusedError('EINVAL', `${text} is no signal`);
      return linuxSignal(signal);
    });
}
