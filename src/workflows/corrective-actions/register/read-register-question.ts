/** Reads questions to the register from plain words: «open majors», «what's overdue in IT?», «history of CA-12». */
import { withoutEnding } from '../../../language/text.ts';
import type { ActionState } from '../../../isms/corrective-action/corrective-action.ts';
import type { Grade, NonconformityState, sources } from '../../../isms/nonconformity/nonconformity.ts';
import { normaliseRequirement } from '../../../records/requirement.ts';
import { referencesIn } from '../update/split-update.ts';

type FoundBy = (typeof sources)[number];

export interface RegisterFilter {
  kind: 'nonconformities' | 'actions';
  grades?: Grade[];
  states?: (NonconformityState | ActionState)[];
  open?: boolean;
  overdue?: boolean;
  /** As said. */
  department?: string;
  /** `A.8.13`, `9.2` */
  requirement?: string;
  /** As said, or `me`. */
  owner?: string;
  source?: FoundBy;
  /** Words to look for in the records. */
  text?: string;
}

export type RegisterQuestion =
  RegisterFilter | { kind: 'history'; reference: string } | { kind: 'show'; reference: string };

/** Longer than this, nobody asks for a list. */
const longestQuestion = 160;

const historic =
  /(?<!\p{L})(?:history|what (?:has )?happened|who (?:did|changed|closed|raised)|timeline|verlauf|geschichte|was (?:ist|war) mit|was ist passiert|historie|historique|que s'est-il passé|qu'est-il arrivé|historial|(?:qué|que) (?:pasó|ha pasado))(?!\p{L})/iu;
const showing =
  /^(?:(?:please|bitte|can you|could you)? ?)?(?:show|open|see|view|display|details?(?: of| for)?|status(?: of)?|state of|what is|what's|what about|how is|where is|tell me about|zeige?|zeig mir|öffne|stand(?: von)?|status von|was ist(?: mit)?|montre(?:-moi)?|affiche|ouvre|détails de|muestra|muéstrame|abre|estado de|ver)?(?: me| the| la| le| el)*$/iu;

const ncWords =
  'register|registre|registro|ncs?|non-?conformit(?:y|ies)|nonconformances?|findings?|abweichung(?:en)?|feststellung(?:en)?|nebenabweichung(?:en)?|hauptabweichung(?:en)?|non-?conformités?|constats?|no conformidad(?:es)?|hallazgos?|majors?|minors?|ofis?|observations?|observaciones|beobachtungen|majeures?|mineures?|mayores|menores';
const actionWords =
  'actions?|corrective actions?|cas|tasks?|maßnahmen?|massnahmen?|korrekturmaßnahmen?|korrekturmassnahmen?|actions? correctives?|mesures?|acci(?:ón|ones)|acciones correctivas|medidas?|tareas?';
const ncs = word(ncWords);
const actions = word(actionWords);

const gradeWords: [Grade, RegExp][] = [
  ['major', word('majors?|major ncs?|hauptabweichung(?:en)?|majeures?|mayor(?:es)?')],
  ['minor', word('minors?|nebenabweichung(?:en)?|mineures?|menor(?:es)?')],
  [
    'ofi',
    word(
      'ofis?|opportunit(?:y|ies) for improvement|improvements?|verbesserungspotenziale?|oportunidad(?:es) de mejora|pistes? de progrès',
    ),
  ],
  ['observation', word('observations?|beobachtung(?:en)?|observaci(?:ón|ones)')],
];
const ncStates: [NonconformityState, RegExp][] = [
  ['contained', word('contained|eingedämmt|contenues?|contenidas?')],
  ['cause_found', word('cause[ _]found|with (?:a )?cause')],
  ['action_planned', word('action[ _]planned|planned|geplante?n?|planifiées?|planificadas?')],
  ['implemented', word('implemented|umgesetzte?n?|mises? en œuvre|implementadas?')],
  [
    'verifying',
    word(
      'verifying|in verification|being verified|in überprüfung|in prüfung|en vérification|en verificación',
    ),
  ],
  ['closed', word('closed|geschlossene?n?|abgeschlossene?n?|closes|clôturées?|cerradas?')],
  ['rejected', word('rejected|abgelehnte?n?|rejetées?|rechazadas?')],
];
const actionStates: [ActionState, RegExp][] = [
  ['proposed', word('proposed|vorgeschlagene?n?|proposées?|propuestas?')],
  ['accepted', word('accepted|angenommene?n?|acceptées?|aceptadas?')],
  ['declined', word('declined|abgelehnte?n?|refusées?|rechazadas?')],
  ['in_progress', word('in[ _]progress|in arbeit|laufende?n?|en cours|en curso')],
  [
    'done_claimed',
    word(
      'done|done[ _]claimed|claimed|waiting for verification|to verify|zu prüfende?n?|à vérifier|por verificar',
    ),
  ],
  ['verified', word('verified|verifizierte?n?|vérifiées?|verificadas?')],
  ['cancelled', word('cancell?ed|abgebrochene?n?|stornierte?n?|annulées?|canceladas?')],
];
const sourceWords: [FoundBy, RegExp][] = [
  [
    'external_audit',
    word(
      String.raw`(?:from |in |of )?(?:the )?(?:last |latest |previous )?(?:external|certification|surveillance|stage [12]|recertification) audits?|stage [12]|extern(?:en|es)? audits?|zertifizierungsaudits?|audits? externes?|auditor[ií]as? externas?`,
    ),
  ],
  [
    'internal_audit',
    word(
      String.raw`(?:from |in |of )?(?:the )?(?:last |latest |previous )?internal audits?|intern(?:en|es)? audits?|audits? internes?|auditor[ií]as? internas?`,
    ),
  ],
  ['incident', word(String.raw`(?:from |after )?(?:the )?incidents?|vorf[aä]lle?n?|incidentes?`)],
  ['monitoring', word('(?:from )?monitoring|überwachung|surveillance|supervisión')],
  ['complaint', word('(?:from )?complaints?|beschwerden?|réclamations?|quejas?')],
  ['supplier', word('(?:from )?suppliers?|lieferanten?|fournisseurs?|proveedor(?:es)?')],
  ['self', word('(?:self[- ]?(?:raised|reported|assessment)|selbst gemeldete?n?)')],
];
const openWord = word('open|unresolved|still open|offene?[nrs]?|ouvert(?:e?s)?|abiert[ao]s?|pendientes?');
const overdueWord = word(
  'overdue|late|past due|past their due date|überfällige?[nrs]?|ueberfaellige?[nrs]?|en retard|vencid[ao]s?|atrasad[ao]s?',
);
const requirement =
  /(?<![\p{L}\p{N}])(?:(?:control|clause|annex|section|kontrolle|klausel|abschnitt|mesure|contrôle|cláusula)\s+)?(A[ .]?[5-8]\.\d{1,2}|POL-\d+(?:\s+\d+(?:\.\d+)*)?)(?![\p{L}\p{N}]|\.\d)|(?<![\p{L}\p{N}.])(?:(?:control|clause|on|against|zu|klausel|sur|clause|cláusula|sobre)\s+)((?:10|[4-9])(?:\.\d{1,2}){1,2})(?![\p{L}\p{N}]|\.\d)/iu;
const owner =
  /(?<!\p{L})(?:owned by|assigned to|of|by|von|de|belonging to)\s+(me|mir|moi|mí|<@[^>\s]{1,60}>|@[\p{L}\p{N}._-]{1,60}|[\w.+-]{1,60}@[\w.-]{1,80}|\p{Lu}[\p{Ll}'’-]{1,30}(?: \p{Lu}[\p{L}'’-]{1,30})?)|(?<!\p{L})(\p{Lu}\p{Ll}{1,30})['’]s(?=\s)/u;
const department =
  /(?<!\p{L})(?:in|for|of|from|bei|für|im|in der|aus|chez|dans|pour|en|del?|au|à la)\s+(?:the |der |die |das |la |le |el |l['’])?((?:[\p{L}&]+[ -]?){1,3}?)\s*$/iu;

/** What may surround a filter; any other word is looked for in the records, or makes it no question of ours. */
const around = word(
  String.raw`please|show|export|download|exportiere|exporte|exporta|list|give|me|us|all|the|any|every|which|what|what's|whats|are|is|do|we|have|there|still|on|about|with|from|in|of|last|latest|everything|anything|currently|right|now|state|status|grade|for|against|how|many|at|moment|and|alle|alles|zeige?|mir|die|der|das|welche|was|ist|sind|gibt|es|noch|bitte|zu|im|von|aus|vom|dem|den|letzten|toutes?|tous|les|le|la|montre|liste|quelles?|sont|sur|du|de|des|qu'est-ce|qui|est|todas?|todos?|las|los|el|muestra|lista|qué|que|cuáles|son|hay|sobre|del|está|están|export|isma`,
);

export function readRegisterQuestion(said: string): RegisterQuestion | null {
  const spaced = said
    .slice(0, longestQuestion + 1)
    .normalize('NFKC')
    .replace(/[‘’]/g, "'")
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:hi|hello|hey|hallo|bonjour|hola)(?: isma)?[,! ]+/iu, '');
  const text = withoutEnding(spaced, /[?!. ]/u);
  if (text === '' || text.length > longestQuestion) return null;
  return aboutOne(text) ?? filterOf(text);
}

function aboutOne(text: string): RegisterQuestion | null {
  const { references, rest } = referencesIn(text);
  const [reference] = references;
  if (reference === undefined || references.length > 1) return null;
  if (historic.test(rest) && rest.split(' ').length <= 9) return { kind: 'history', reference };
  return showing.test(rest) ? { kind: 'show', reference } : null;
}

function filterOf(text: string): RegisterFilter | null {
  const { references } = referencesIn(text);
  if (references.length > 0) return null;
  let rest = text;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(rest);
    if (match !== null) rest = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`;
    return match;
  };

  const requirementSaid = take(requirement);
  const everythingOn = /^(?:show |list |give )?(?:me )?(?:everything|anything|all|alles|tout|todo)\b/iu.test(
    text,
  );
  const saysNc = ncs.test(text);
  const saysAction = actions.test(text);
  const overdue = take(overdueWord) !== null;
  const source = sourceWords.find(([, pattern]) => take(pattern) !== null)?.[0];
  if (
    !saysNc &&
    !saysAction &&
    !(overdue && /^(?:what|was|qu|qué|who|wer|overdue|überfällig)/iu.test(text)) &&
    !overdueAlone(text, overdue)
  )
    if (requirementSaid === null || !everythingOn) return null;

  const grades = gradeWords.filter(([, pattern]) => take(pattern) !== null).map(([grade]) => grade);
  const kind = saysAction || (!saysNc && overdue) ? 'actions' : 'nonconformities';
  take(kind === 'actions' ? actions : ncs);
  take(ncs);
  const states = (kind === 'actions' ? actionStates : ncStates)
    .filter(([, pattern]) => take(pattern) !== null)
    .map(([state]) => state);
  const open = take(openWord) !== null;
  const owned = take(owner);
  const ownedByMe = owned === null && take(word('my|meine|mes|mis')) !== null;
  rest = rest.replace(/\s+/g, ' ').trim();
  const place = take(department);
  const words = rest.split(/[\s,]+/).filter((each) => each !== '' && !around.test(each));
  const placeWords = place?.[1]?.trim().replace(/\s+(?:department|team|abteilung|departamento)$/iu, '');
  const hasPlace = placeWords !== undefined && placeWords !== '' && !around.test(placeWords);
  if (!hasPlace && place !== null && placeWords !== undefined && !around.test(placeWords))
    words.push(placeWords);

  const about = /(?<!\p{L})(?:about|on|mentioning|with|über|zu|sur|sobre)\s+/iu.test(text);
  if (words.length > 3 || (words.length > 0 && !about)) return null;
  const constraint =
    requirementSaid !== null ||
    overdue ||
    source !== undefined ||
    grades.length > 0 ||
    states.length > 0 ||
    open ||
    owned !== null ||
    ownedByMe ||
    hasPlace ||
    words.length > 0;
  if (!constraint && !listing.test(text)) return null;
  if (!allowedQuestion(text)) return null;

  const who = owned?.[1] ?? owned?.[2];
  return {
    kind,
    ...(grades.length > 0 ? { grades } : {}),
    ...(states.length > 0 ? { states } : {}),
    ...(open ? { open } : {}),
    ...(overdue ? { overdue } : {}),
    ...(hasPlace ? { department: placeWords } : {}),
    ...(requirementSaid === null
      ? {}
      : {
          requirement:
            normaliseRequirement(requirementSaid[1] ?? requirementSaid[2] ?? '') ?? requirementSaid[0],
        }),
    ...(who === undefined && !ownedByMe
      ? {}
      : { owner: ownedByMe || /^(?:me|mir|moi|mí)$/i.test(who ?? '') ? 'me' : who }),
    ...(source === undefined ? {} : { source }),
    ...(words.length > 0 ? { text: words.join(' ') } : {}),
  };
}

const listing = whole(
  `(?:(?:please )?(?:show|export|download|exportiere|exporte|exporta|list|give|zeige?|montre|liste|muestra|lista|ver)(?: me| mir| us)?(?: all| alle| toutes| todas)?(?: the| our| die| les| las)?|all|all the|alle|toutes les|todas las|which|what|open)? ?(?:${ncWords}|${actionWords}|nc register)(?: (?:are there|do we have|list|register|gibt es))?`,
);

/** «How long may a minor stay open» asks for a rule, and «is a finding …» too. */
function allowedQuestion(text: string): boolean {
  return !/^(?:how (?!many)|why|when|who (?:can|may|must|should|approves|decides)|can|could|may|must|should|do i|does|is (?!there|anything)|what (?:is|does|happens|counts|must|should|do i|makes|makes)(?! overdue| late| open| still)|what's (?:a|an|the (?:difference|rule|deadline))|wie (?!viele)|warum|wann|darf|muss|kann|soll|comment|pourquoi|quand|peut|faut|cómo|por qué|cuándo|puedo)\b/iu.test(
    text,
  );
}

function overdueAlone(text: string, overdue: boolean): boolean {
  return overdue && text.split(' ').length <= 4;
}

function word(alternatives: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`, 'iu');
}

function whole(alternatives: string): RegExp {
  return new RegExp(`^(?:${alternatives})$`, 'iu');
}
