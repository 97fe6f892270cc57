/** Reads from plain words that something is not as it should be, and is to be raised: «we found three leavers with live accounts …». */
import { withoutEnding } from '../../../language/text.ts';
import type { sources } from '../../../isms/nonconformity/nonconformity.ts';
import { tooLong } from '../../../conversation/too-long.ts';
import { readDates, spelledOut, type DateReading } from '../../../language/dates.ts';
import { instructing, questionWords } from '../update/update-words.ts';

export interface SaidFinding {
  /** Short, from the person's own words; empty where they said none. */
  title: string;
  /** What was seen, as said, with relative days written out. */
  evidence: string;
  /** What should be and is not, where they said so. */
  gap: string | null;
  source: (typeof sources)[number];
  identifiedOn: string | null;
}

/** Characters of the longest title. */
const longestTitle = 90;

const noun = String.raw`(?:ncs?|non-?\s?conformit(?:y|ies)|non-?conformance|finding|observation|ofi|major(?: nc| non-?conformity)?|minor(?: nc| non-?conformity)?|abweichung|nebenabweichung|hauptabweichung|feststellung|beobachtung|non-?conformité|constat|no conformidad|hallazgo)`;
const adjectives = String.raw`(?:(?:a|an|the|new|another|eine?n?|neue|une?|nouvelle|una|nueva|major|minor|internal|external) )*`;
/** Asks outright for a record: what follows is the finding. */
const raising = new RegExp(
  String.raw`^(?:(?:please|bitte|isma,?|i want to|i'd like to|i would like to|ich möchte|je veux|je voudrais|quiero|quisiera) )*(?:(?:raise|report|log|record|open|file|create|register|add|erfasse|melde|melden|erfassen|anlegen|eröffne|signale[rz]?|déclare[rz]?|enregistre[rz]?|ouvrir|registra|registrar|reporta|reportar|abre|abrir) ${adjectives}${noun}(?: (?:melden|erfassen|anlegen))?|(?:new |neue |nouvelle |nueva )?${noun}(?: (?:melden|erfassen|anlegen))?(?=\s*:|\s[–-]\s))(?:\s*[:,.–-]+\s*|\s+(?:that|for|about|because|dass|weil|que|pour|sobre)\s+|\s+|$)`,
  'iu',
);
const raiseAlone = /^(?:please )?raise(?:\s*[:–-]\s*|\s+|$)/iu;
/** «NC-4: accounts disabled» speaks of a record that there is. */
const aboutRecord = /^.{0,20}(?<!\p{L})(?:NC|CA)[ \-_]?\d/iu;
/** «raise my salary», «raise a question» ask for something else. */
const otherThings =
  /^(?:an? |my |the |your |any )*(?:question|ticket|risk|concern|salary|hand|hands|money|flag|limit|issue with|request|alarm|incident|bug|awareness|price|pr|budget)s?(?![\p{L}])/iu;

const found = new RegExp(
  String.raw`^(?:(?:in|at|during|bei|beim|im|lors de|pendant|durant|en|durante) [^,:]{3,60}[,:]? ?)?(?:(?:we|i|they|the (?:external |internal |certification )?auditors?|auditors?|our auditor|the audit team|the (?:internal |external )?audit|the (?:pen(?:etration)? ?test|review|inspection|scan|spot check))(?: have| has| just| also)* (?:found|noticed|discovered|saw|spotted|identified|observed|noted|detected)|(?:wir|ich|der auditor|die auditorin|die auditoren|das audit) (?:haben|habe|hat|fanden|fand|stellten|stellte)|(?:haben wir|wurden?) |(?:nous avons|on a|j'ai|l'auditeur a|l'auditrice a|l'audit a) (?:trouvé|constaté|découvert|relevé|remarqué)|(?:hemos|he|el auditor ha|la auditora ha|la auditoría ha) (?:encontrado|detectado|descubierto|visto)|(?:encontramos|detectamos|el auditor (?:encontró|detectó)|la auditoría (?:encontró|detectó)))(?: that| dass| que)? ?`,
  'iu',
);
/** Something is missing or was not done: no news, but a finding. */
const lacking = words(
  String.raw`not|never|no longer|missing|without|lacks?|unlocked|unencrypted|untested|expired|overdue|\p{L}+n't|nicht|keine?[nmrs]?|fehl(?:t|en|te|ten)|ohne|abgelaufen|pas|jamais|sans|manqu\p{L}+|no|nunca|sin|falta[n]?`,
);
const germanVerb = /(?:gefunden|festgestellt|entdeckt|bemerkt|gesehen)\s*$/iu;

const context = String.raw`audits?|auditors?|surveillance|stage [12]|review|inspection|spot check|walk-?through|pen(?:etration)? ?test|vulnerability scan|scan|prüfung|überprüfung|stichprobe|begehung|auditorin|contrôle|revue|inspección|revisión|auditor[ií]as?|monitoring|überwachung|customer complain\p{L}*|complaint|beschwerde|réclamation|queja|non-?\s?conformit(?:y|ies)|abweichung\p{L}*|non-?conformité|no conformidad`;
const audited = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${context})(?![\p{L}\p{N}])`, 'iu');
/** Where it was found belongs to the evidence, and not into the title. */
const whereFound = new RegExp(
  String.raw`(?:,? ?(?<![\p{L}])(?:in|at|during|from|on|bei|beim|im|in der|lors de|pendant|dans|durante|en)(?: the| our| a| last| yesterday's| today's| this| der| dem| einer| unserer| l'| la| le| una| el)*[^,.;]{0,40}?(?<![\p{L}])(?:audits?|review|inspection|spot check|walk-?through|pen(?:etration)? ?test|scan|prüfung|stichprobe|begehung|revue|revisión|auditor[ií]as?)(?: (?:intern|extern)\p{L}*)?(?: (?:last|this|on|of|letzte|de la|du|del) [^,.;]{1,30})?)(?=\s*[,.;]|\s*$|\s)`,
  'iu',
);

const foundBy: [SaidFinding['source'], RegExp][] = [
  [
    'external_audit',
    words(
      String.raw`external audits?|certification audits?|surveillance audits?|recertification|stage [12]|certification body|external auditors?|extern\p{L}* audits?|externe[rn]? auditor\p{L}*|zertifizierungs\p{L}*|audits? (?:externes?|de certification|de surveillance)|auditor[ií]as? (?:externas?|de certificación)|auditor externo`,
    ),
  ],
  [
    'supplier',
    words(
      String.raw`supplier (?:audit|review|report\p{L}*|told|assessment)|vendor (?:audit|review|told|report\p{L}*)|our (?:supplier|vendor) (?:told|reported|informed)|lieferant\p{L}* (?:hat|meldet\p{L}*)|lieferantenaudit|audit fournisseur|le fournisseur a|auditoría de proveedor\p{L}*|el proveedor`,
    ),
  ],
  [
    'internal_audit',
    words(
      String.raw`(?:internal )?audits?|internal auditors?|auditors?|auditorin|internes? audits?|audit interne|auditeur|auditrice|auditor[ií]as?(?: internas?)?`,
    ),
  ],
  ['incident', words(String.raw`incidents?|breach|vorfall\p{L}*|sicherheitsvorfall\p{L}*|incidentes?`)],
  [
    'complaint',
    words(String.raw`complain\p{L}*|beschwer\p{L}*|réclamations?|plaintes?|quejas?|reclamaci\p{L}+`),
  ],
  [
    'monitoring',
    words(String.raw`monitoring|alerts?|siem|dashboard|kpi|scan|überwachung|supervisión|surveillance des`),
  ],
];
const gapWords =
  /(?<!\p{L})(?:should|must|is required|are required|requires?|ought to|policy says|against (?:the|our) policy|although|sollten?|müss(?:en|te|ten)|muss|laut richtlinie|obwohl|devrai(?:t|ent)|doi(?:t|vent)|alors que|debería[n]?|deben?|aunque)(?!\p{L})/iu;

/**
 * @param asked  they were asked just now what is not as it should be, so that any words but a question are the finding
 * @returns null where they ask, tell a machine what to do, or tell of something that is no finding; empty words for a bare «raise»
 */
export function readRaise(said: string, reading: DateReading, asked = false): SaidFinding | null {
  if (tooLong(said) !== null) return null;
  const text = said.normalize('NFKC').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim();
  if (text === '' || instructing.test(text) || asks(text) || aboutRecord.test(text)) return null;

  const outright = raising.exec(text);
  if (outright !== null) return findingFrom(text.slice(outright[0].length), text, reading);
  const bare = raiseAlone.exec(text);
  if (bare !== null) {
    const rest = text.slice(bare[0].length);
    return otherThings.test(rest) || /^(?:NC|CA)[- ]?\d/i.test(rest)
      ? null
      : findingFrom(rest, text, reading);
  }
  if (asked && text.length >= 8) return findingFrom(text.replace(found, ''), text, reading);
  const telling = found.exec(text);
  if (telling === null) return null;
  const fact = / (?:that|dass|que) ?$/iu.test(telling[0]) && !/^(?:i|ich|j'ai|he) /iu.test(telling[0]);
  if (!audited.test(text) && !fact && !lacking.test(text.slice(telling[0].length))) return null;
  const rest = withoutEnding(text.slice(telling[0].length), /[.!]/u).replace(germanVerb, '').trimEnd();
  return rest.length < 8 ? null : findingFrom(rest, text, reading);
}

function asks(text: string): boolean {
  const [first = ''] = text.toLowerCase().split(/[^\p{L}'-]+/u);
  return /\?\s*$/u.test(text) || text.startsWith('¿') || questionWords.has(first);
}

function findingFrom(words: string, whole: string, reading: DateReading): SaidFinding {
  const evidence = words.trim().replace(/^[\s:,–-]+/u, '');
  const behind: DateReading = { ...reading, towards: 'past' };
  const sentence = evidence.split(/(?<=[.!?])\s|;|\n/u)[0] ?? '';
  const gap = evidence
    .split(/(?<=[.!?;])\s|,\s(?=(?:but|although|obwohl|aber|alors que|mais|aunque|pero)\s)/u)
    .find((part) => gapWords.test(part));
  const today = readDates('today', reading)[0]?.day ?? null;
  const days = readDates(whole, behind).map(({ day }) => day);
  return {
    title: titleFrom(sentence),
    evidence: spelledOut(evidence === '' ? '' : upperFirst(evidence), behind),
    gap: gap === undefined ? null : upperFirst(gap.trim()),
    source: foundBy.find(([, pattern]) => pattern.test(whole))?.[0] ?? 'self',
    identifiedOn: days.find((day) => today === null || day <= today) ?? null,
  };
}

function titleFrom(sentence: string): string {
  const spaced = sentence
    .replace(whereFound, '')
    .replace(/^\s*(?:that|dass|que)\s/iu, '')
    .replace(/\s+/g, ' ');
  const short = withoutEnding(spaced, /[\s,.;:!]/u).trim() || sentence;
  const title = upperFirst(short);
  if (title.length <= longestTitle) return title;
  return `${title.slice(0, longestTitle - 1).replace(/\s+\S*$/u, '')}…`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function words(alternatives: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${alternatives})(?![\p{L}\p{N}])`, 'iu');
}
