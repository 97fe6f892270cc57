/** The words that ask what waits for somebody: «what's on my plate?», «my actions», «was muss ich noch tun?». */
import { withoutEnding } from '../language/text.ts';

/** Longer than this, nobody asks for their list. */
const longest = 160;

const waits = new RegExp(
  `^(?:${[
    String.raw`(?:show |list |give |see |view )?(?:me )?(?:my|all my) (?:open |overdue )?(?:actions?|list|tasks?|to-?dos?|plate|corrective actions?|records?)(?: list)?`,
    'actions?|tasks?|to-?dos?|maßnahmen|massnahmen|aufgaben|acciones|tareas|tâches',
    String.raw`(?:what'?s|what is|what do i have) (?:still |currently )?(?:on|in) my (?:plate|list|desk)`,
    String.raw`what (?:is|'s) (?:waiting for|due for|assigned to|on) me`,
    String.raw`what(?:'s| is| do i have)? ?(?:open|due|to do) (?:for|by) me`,
    'what (?:do i|must i|have i got to) (?:have to |need to )?do(?: next| now| today)?',
    String.raw`what do i have to do(?: next| now| today)?|what'?s waiting for me|anything (?:waiting )?for me`,
    'was (?:muss|soll) ich (?:noch |jetzt |heute )?(?:tun|machen|erledigen)|was (?:liegt|steht) (?:bei mir )?an',
    'was ist (?:bei mir )?(?:noch )?offen(?: bei mir)?|was wartet auf mich',
    '(?:zeig(?:e)? (?:mir )?)?meine (?:offenen )?(?:maßnahmen|massnahmen|aufgaben|liste)',
    '(?:montre(?:-moi)? )?(?:mes (?:actions|tâches|taches)|ma liste)',
    "qu(?:'est-ce que|e) (?:je dois|dois-je) faire|qu'ai-je à faire",
    '(?:muéstrame |ver )?mis (?:acciones|tareas)|(?:qué|que) (?:tengo que|debo) hacer|(?:qué|que) tengo pendiente',
  ].join('|')})$`,
  'iu',
);

export function asksWhatWaits(said: string): boolean {
  const spaced = said
    .slice(0, longest + 1)
    .normalize('NFKC')
    .replace(/[‘’]/g, "'")
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:hi|hello|hey|hallo|bonjour|hola)(?: isma)?[,! ]+/iu, '');
  const text = withoutEnding(spaced, /[?!. ]/u);
  return text.length <= longest && waits.test(text);
}
