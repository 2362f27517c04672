// What can be wrong with a step of an expression: a member, an element, a pointer, a cast.
import { listed, PartError } from './part-error.js';

/** A struct has no such member, or what is no struct was asked for one. */
export class NoSuchMemberError extends PartError {
  readonly code = 'no-such-member';
  readonly member: string;
  readonly members: readonly string[];

  constructor(what: string, member: string, members: readonly string[], near: readonly string[] = []) {
    const meant = near.length > 0 ? `Did you mean ${near.join(', ')}? ` : '';
    super(`${what} has no member ${member}`, {
      hint: members.length > 0 ? `${meant}It has ${listed(members)}.` : 'It has no members at all.',
    });
    this.member = member;
    this.members = members;
  }
}

/** `[N]` on what is no array, or beyond its end. */
export class BadIndexError extends PartError {
  readonly code = 'bad-index';
  readonly index: number;

  constructor(what: string, index: number, hint: string) {
    super(what, { hint });
    this.index = index;
  }
}

/** A map has no such key now. */
export class NoSuchKeyError extends PartError {
  readonly code = 'no-such-key';
  readonly key: number | string;
  /** Some of those that are there. */
  readonly keys: readonly (number | string)[];

  constructor(map: string, key: number | string, keys: readonly (number | string)[]) {
    const shown = keys.map((one) => JSON.stringify(one));
    super(`${map} has no key ${JSON.stringify(key)} now`, {
      hint: keys.length === 0 ? 'It is empty.' : `It has ${listed(shown)}${keys.length < 20 ? '' : ' and maybe more'}.`,
    });
    this.key = key;
    this.keys = keys;
  }
}

/** A pointer or reference on the way is null: there is nothing behind it. */
export class NullPointerError extends PartError {
  readonly code = 'null-pointer';
  readonly pointer: string;

  constructor(pointer: string) {
    super(`${pointer} is null: there is nothing behind it`, {
      hint: `Watch ${pointer} itself to see when it is set; with --follow the watch waits until it points somewhere.`,
    });
    this.pointer = pointer;
  }
}

/** A pointer on the way lies where nothing can be read. */
export class UnreadablePointerError extends PartError {
  readonly code = 'unreadable-pointer';
  readonly pointer: string;
  readonly address: bigint;

  constructor(pointer: string, address: bigint) {
    super(`${pointer} cannot be read: nothing is mapped at 0x${address.toString(16)}`, {
      hint: 'What led there may hold garbage, or have been freed: look at the pointers before it.',
    });
    this.pointer = pointer;
    this.address = address;
  }
}

/** A pointer is to be followed where there is no process whose memory could tell. */
export class NoMemoryError extends PartError {
  readonly code = 'no-memory';

  constructor(pointer: string) {
    super(`what ${pointer} points to is known only in a running process`, { hint: 'Give one: --pid PID.' });
  }
}

/** `->` or `*` on what points to nothing. */
export class NotAPointerError extends PartError {
  readonly code = 'not-a-pointer';

  /** `member`: the expression with a dot, where that means something. */
  constructor(what: string, member: string | null) {
    super(`${what} is no pointer`, { hint: member === null ? 'Write it without * and ->.' : `Write ${member}.` });
  }
}

/** A pointer that does not say to what. */
export class VoidPointerError extends PartError {
  readonly code = 'untyped-pointer';

  constructor(what: string, type: string) {
    super(`${what}${type === '' ? '' : ` (${type})`} does not say what it points to`, {
      hint: `Say it with a cast: *(TYPE *)${what}, ((TYPE *)${what})->member.`,
    });
  }
}

/** An address or a number where memory is wanted, or a bit-field whose address is. */
export class NotAPlaceError extends PartError {
  readonly code = 'not-a-place';
  /** What it is instead, as far as that is a number. */
  readonly value: bigint | null;

  constructor(what: string, kind: 'value' | 'bit-field', known: { readonly value?: bigint; readonly target?: string | null } = {}) {
    const { value, target = null } = known;
    const is = value === undefined ? 'an address' : `the address 0x${value.toString(16)}`;
    super(kind === 'bit-field' ? `${what} is a bit-field, which has no address` : `${what} is ${is}, not memory that can be watched`, {
      hint: target === null ? 'Write the name of the memory itself.' : `What is there is written ${target}.`,
    });
    this.value = value ?? null;
  }
}

const NO_MODULE = { name: null, problems: [] };

/** A member, element or target of something whose type is not known. */
export class NoTypeError extends PartError {
  readonly code = 'no-type';
  readonly symbol: string;

  /** `module`: which has no debug information about it, where it is a variable; its first problem may be why. */
  constructor(
    symbol: string,
    { name: module, problems }: { readonly name: string | null; readonly problems: readonly string[] } = NO_MODULE,
  ) {
    const [problem] = problems;
    const cast = `say its type with a cast: *(TYPE *)${symbol}, ((TYPE *)${symbol})->member`;
    super(
      module === null
        ? `the type of ${symbol} is not known`
        : `the members of ${symbol} are not known: ${module} has no debug information about it${problem === undefined ? '' : ` (${problem})`}`,
      {
        hint:
          module === null
            ? `${cast.replace('say', 'Say')}.`
            : `Build it with -g, or install its debug symbols; or watch ${symbol}:LENGTH, or ${cast.replaceAll(`)${symbol}`, `)&${symbol}`)}.`,
      },
    );
    this.symbol = symbol;
  }
}

/** A cast names a type that no loaded program or library describes. */
export class UnknownTypeError extends PartError {
  readonly code = 'unknown-type';
  readonly type: string;

  constructor(type: string, note: string) {
    super(`there is no type ${type}${note}`, {
      hint: 'Write it as the program does: struct NAME, NAMESPACE::NAME, NAME<ARGUMENTS>, or int, unsigned long, uint32_t, double and the like.',
    });
    this.type = type;
  }
}

/** A cast that has no meaning for memory. */
export class BadCastError extends PartError {
  readonly code = 'bad-cast';

  constructor(what: string, type: string, hint: string) {
    super(`${what} cannot be seen as ${type}`, { hint });
  }
}

/** A register where no thread stands still. */
export class RegisterError extends PartError {
  readonly code = 'no-register';
  readonly register: string;

  constructor(register: string, reason: 'unknown' | 'no-frame', near: readonly string[] = []) {
    const [what, hint] =
      reason === 'unknown'
        ? [
            'is no register',
            near.length > 0 ? `Did you mean ${near.map((name) => `$${name}`).join(', ')}?` : 'They are called $rax, $rsp, $rip and so on.',
          ]
        : [
            'has another value at every moment: it means something only in a thread that stands still',
            'Watch a global variable, or find the address once and write 0xADDRESS:LENGTH.',
          ];
    super(`$${register} ${what}`, { hint });
    this.register = register;
  }
}
