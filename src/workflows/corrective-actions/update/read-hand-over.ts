/** Reads whom a record is handed over to: «hand CA-12 to Ben», «an Ben übergeben», «passer à Léa», «pasar a Lucía». */
import { hintFrom, isFiller, tokensOf, type Around } from './clause-tokens.ts';

/** A name: a mention, an address, or up to three words with capitals; in lower case only the last word of the clause. */
const name = String.raw`(<@[^<>\s]{1,60}>|<at>[^<>]{1,60}</at>|@[\p{L}\p{N}._-]{1,60}(?: \p{Lu}[\p{L}'-]+){0,2}|[\w.+-]{1,60}@[\w.-]{1,80}\w|\p{Lu}[\p{L}'-]{0,30}(?: \p{Lu}[\p{L}'-]{0,30}){0,2}|\p{Ll}[\p{L}'-]{1,30}(?=\s*[.!,]?\s*$))`;
const thing = String.raw`((?:\S{1,40} ){0,5}?)`;
const handOvers = [
  String.raw`\b[Hh]and(?:ed|ing)? (?:over )?${thing}(?:over )?to ${name}`,
  String.raw`\b(?:[Gg]ive|[Pp]ass|[Aa]ssign|[Rr]eassign|[Tt]ransfer|[Dd]elegate|[Mm]ove|[Gg]iving|[Pp]assed|[Aa]ssigned) ${thing}(?:over |on )?to ${name}`,
  String.raw`(?:^|\s)(?:an|[Aa]n) ${name}(?: \S{1,20})? (?:übergeben|abgeben|weitergeben|delegieren|geben|übertragen)`,
  String.raw`\b(?:[Üü]bergib|[Gg]ib|[Üü]bertrag|[Üü]bergebe|[Gg]ebe|[Üü]bertrage) ${thing}(?:bitte )?an ${name}(?: ab| weiter)?`,
  String.raw`(?:[Pp]asse[rz]?|[Tt]ransmet(?:tre|s|tez)|[Cc]onfie[rz]?|[Dd]onne[rz]?|[Dd]éléguer) ${thing}à ${name}`,
  String.raw`(?:[Pp]as(?:ar?|o)|[Dd]ar?|[Aa]signar?|[Tt]ransf[ei]erir?|[Ee]ntregar?|[Dd]elegar?) ${thing}a ${name}`,
].map((pattern) => new RegExp(pattern.replaceAll(String.raw`\b`, String.raw`(?<![\p{L}\p{N}])`), 'u'));
const takesOver = new RegExp(
  String.raw`^\s*${name} (?:takes over|will take over|is taking over|übernimmt|reprend|se encarga de) ?${thing}`,
  'u',
);
const nobody =
  /^(?:me|him|her|us|them|you|it|this|that|someone|somebody|anyone|the|a|done|verified|closed|progress|start|started|accepted|cancelled|mir|ihm|ihr|uns|jemand|moi|lui|nous|quelqu'un|mí|alguien|next|i|he|she|we|they|who|wer|qui)$/iu;

/** Without a reference, the thing must have a name or be pointed at. */
export function readHandOver(
  text: string,
  { named, marks, conditional }: Around,
): { handOverTo: string; hint: string | null } | null {
  if (conditional || /(?<!\p{L})(?:not|never|nicht|pas|no|don't)(?!\p{L})/iu.test(text)) return null;
  const spaced = text.replace(/\s+/g, ' ').slice(0, 400);
  for (const pattern of [...handOvers, takesOver]) {
    const match = pattern.exec(spaced);
    if (match === null) continue;
    const [first = '', second = ''] =
      pattern === takesOver || match.length < 3 ? [match[2], match[1]] : [match[1], match[2]];
    const to = second.trim().replace(/[.'-]+$/, '');
    if (to === '' || nobody.test(to)) return null;
    const thingWords = tokensOf(first ?? '', marks).filter((token) => !isFiller(token));
    const hint = named ? null : hintFrom(thingWords);
    if (
      !named &&
      hint === null &&
      !/\b(?:it|this|that|es|das|la|le|lo|l'action|action|task)\b/iu.test(spaced)
    )
      return null;
    return { handOverTo: to, hint };
  }
  return null;
}
