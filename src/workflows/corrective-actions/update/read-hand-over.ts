/** Reads whom a record is handed over to: «hand CA-12 to Ben», «an Ben übergeben», «passer à Léa», «pasar a Lucía». */
import { words } from '../../../language/vocabulary.ts';
import { hintFrom, tokensOf, type Around } from './clause-tokens.ts';

/** A name: a mention, an address, or up to three words with capitals; in lower case only the last word of the clause. */
const name = String.raw`\s*(<@[^<>\s]{1,60}>|<at>[^<>]{1,60}</at>|@[\p{L}\p{N}._-]{1,60}(?: \p{Lu}[\p{L}'-]+){0,2}|[\w.+-]{1,60}@[\w.-]{1,80}\w|\p{Lu}[\p{L}'-]{0,30}(?: \p{Lu}[\p{L}'-]{0,30}){0,2}|\p{Ll}[\p{L}'-]{1,30}(?=\s*[.!,]?\s*$))`;
const nameHere = new RegExp(name, 'uy');
const handing = words('updates/handing over');
const whom = words('updates/whom');
const handed = words('updates/handed');
const takingOver = words('updates/taking over');
const nobody = words('updates/nobody');
const notHanded = words('updates/not handed');
const pointing = words('updates/handed thing');

/** Words between the one that hands over and the one that says to whom. */
const longestThing = 5;

interface HandOver {
  to: string;
  thing: string;
}

/** Without a reference, the thing must have a name or be pointed at. */
export function readHandOver(
  text: string,
  { named, marks, conditional }: Around,
): { handOverTo: string; hint: string | null } | null {
  if (conditional || notHanded.has(text)) return null;
  const spaced = text.replace(/\s+/g, ' ').slice(0, 400);
  const said = handedTo(spaced) ?? takenOver(spaced);
  if (said === null) return null;
  const to = said.to.trim().replace(/[.'-]+$/, '');
  if (to === '' || nobody.is(to) !== null) return null;
  const hint = named ? null : hintFrom(tokensOf(said.thing, marks).filter(({ filler }) => !filler));
  return named || hint !== null || pointing.has(spaced) ? { handOverTo: to, hint } : null;
}

/** «hand it to Ben», «übergib es an Ben», or «es an Ben übergeben». */
function handedTo(text: string): HandOver | null {
  const places = whom.findAll(text);
  for (const verb of handing.findAll(text))
    for (const place of places) {
      const thing = text.slice(verb.to, Math.max(verb.to, place.from)).trim();
      const follows = place.meaning === verb.meaning && place.from >= verb.to;
      if (!follows || thing.split(' ').length > longestThing) continue;
      const to = nameAt(text, place.to);
      if (to !== null) return { to, thing };
    }
  for (const place of places.filter(({ meaning }) => meaning === 'de')) {
    const to = nameAt(text, place.to);
    const after = to === null ? null : handed.begins(text, place.to + to.length);
    if (to !== null && after !== null) return { to, thing: '' };
  }
  return null;
}

/** «Ben takes over the firewall». */
function takenOver(text: string): HandOver | null {
  const to = nameAt(text, 0);
  const verb = to === null ? null : takingOver.begins(text, to.length);
  return to === null || verb === null ? null : { to, thing: text.slice(verb.to) };
}

/** With the space before it. */
function nameAt(text: string, place: number): string | null {
  nameHere.lastIndex = place;
  return nameHere.exec(text)?.[0] ?? null;
}
