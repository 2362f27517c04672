// modules, loadedSources: what is loaded, and how much is known of it.
import type { Handler } from '../connection.js';
import type { Session } from '../session.js';

const LEVELS = {
  'debug-info': 'debug information',
  symbols: 'symbols, no debug information',
  exports: 'stripped: exported names only',
  none: 'no symbols',
  unreadable: 'cannot be read',
} as const;

export function moduleRequests(session: Session): Record<string, Handler> {
  return {
    modules: async (args) => {
      const view = await session.debuggee.view();
      const first = args.optionalWhole('startModule') ?? 0;
      const count = args.optionalWhole('moduleCount') || view.image.modules.length;
      const shown = view.image.modules.slice(first, first + count).map(({ name, path, start, end, level }) => ({
        id: name,
        name,
        path,
        symbolStatus: LEVELS[level],
        addressRange: `0x${start.toString(16)}-0x${end.toString(16)}`,
      }));
      return { modules: shown, totalModules: view.image.modules.length };
    },
  };
}
