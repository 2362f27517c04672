// Compares names as people type them with names as demanglers print them: parameters, return types and template arguments may be left out.

const ANONYMOUS = '(anonymous namespace)';
/** What compilers make beside variables and functions; a demangler prints them as phrases. */
const GENERATED =
  /^(vtable|VTT|typeinfo|typeinfo name|guard variable|construction vtable|reference temporary|TLS \S+ function|(non-virtual|virtual|covariant return) thunk|transaction clone|non-transaction clone)\b.* (for|to) /;

/**
 * How well `demangled` fits `wanted`: `exact` with all its scopes, `suffix` with the outer ones left out, null not at all.
 * `game::tick(int)` is exactly `game::tick` and `game::tick(int)`, and `tick` as a suffix.
 */
export function matchName(demangled: string, wanted: string): 'exact' | 'suffix' | null {
  if (demangled === wanted) return 'exact';
  if (GENERATED.test(demangled) || demangled.includes('[clone ')) return null;
  const forms = new Set([demangled, withoutParameters(demangled), withoutArguments(withoutParameters(demangled))]);
  if (forms.has(wanted)) return 'exact';
  for (const form of forms)
    if (form.endsWith(`::${wanted}`) || spoken(form) === wanted) return spoken(form) === wanted ? 'exact' : 'suffix';
  return null;
}

/** The plain identifier in a name: `foo` of `ns::foo<int>(char)`. What every mangling of it has inside. */
export function identifierIn(name: string): string {
  const plain = withoutArguments(withoutParameters(name)).replace(/\[.*/, '');
  return plain.slice(plain.lastIndexOf(':') + 1);
}

/** `void game::f<int>(char)::counter` -> `game::f<int>::counter` */
function withoutParameters(name: string): string {
  let result = '';
  let nested = 0;
  for (let at = 0; at < name.length; at++) {
    const character = name[at] ?? '';
    if (nested === 0 && name.startsWith(ANONYMOUS, at)) {
      result += ANONYMOUS;
      at += ANONYMOUS.length - 1;
    } else if (nested === 0 && character === '(') at = closing(name, at);
    // A return type before the name, or a qualifier behind the parameters.
    else if (nested === 0 && character === ' ') {
      if (name.startsWith(' const', at) && !/[\w:]/.test(name[at + 6] ?? ' ')) at += 5;
      else result = '';
    } else {
      if (character === '<') nested++;
      if (character === '>') nested--;
      result += character;
    }
  }
  return result;
}

/** `Pool<int>::free` -> `Pool::free` */
function withoutArguments(name: string): string {
  let result = '';
  let nested = 0;
  for (const character of name) {
    if (character === '<') nested++;
    if (nested === 0) result += character;
    if (character === '>') nested--;
  }
  return result;
}

/** Source code does not say anonymous namespaces. */
function spoken(name: string): string {
  return name.replaceAll(`${ANONYMOUS}::`, '');
}

/** Position of the bracket that closes the one at `at`, or of the last character. */
function closing(name: string, at: number): number {
  let open = 0;
  for (let i = at; i < name.length; i++) {
    if (name[i] === '(') open++;
    if (name[i] === ')' && --open === 0) return i;
  }
  return name.length - 1;
}
