/** Proposes the grade of a finding by its words, with the reason; whoever raises it decides. */
import type { Grade } from '../../../isms/nonconformity/nonconformity.ts';

export interface SuggestedGrade {
  grade: Grade;
  /** One plain sentence. */
  reason: string;
}

/** The first that fits. What weighs heavily comes before what softens, so that «could improve, as customer data leaked» is major. */
const rules: [Grade, string, RegExp][] = [
  [
    'major',
    'Data of customers or personal data was exposed or lost.',
    both(
      'customer data|client data|personal data|patient data|kundendaten|personenbezogen|données (?:clients?|personnelles)|datos (?:de clientes|personales)',
      'leak|exposed|lost|stolen|public|breach|accessed|disclosed|abgeflossen|verloren|öffentlich|gestohlen|fuite|perdu|exposé|volé|filtra|perdid|expuest|robad',
    ),
  ],
  [
    'major',
    'Something that the standard asks for is missing entirely.',
    words(
      "missing entirely|entirely missing|completely missing|does not exist|do not exist|no .{0,40} (?:at all|whatsoever|in place)|never (?:been )?(?:done|held|carried out|performed|tested|reviewed|assessed|appointed)|not held|no internal audit|no management review|no risk assessment|no statement of applicability|fehlt (?:völlig|komplett|ganz)|gar kein\\p{L}*|überhaupt kein\\p{L}*|noch nie|existiert nicht|kein internes audit|keine managementbewertung|n['’]existe pas|totalement absente?|aucune? .{0,40} (?:du tout|en place)|jamais (?:été )?(?:fait|réalisé|testé|tenu)\\p{L}*|no existe|falta por completo|nunca (?:se ha|se han|ha sido)",
    ),
  ],
  [
    'major',
    'It is systemic: it shows in many places, not in one.',
    words(
      'systemic|systematic(?:ally)?|across (?:all|the whole|several|many|every)|in all (?:departments|team\\p{L}*|sites|samples)|everywhere|company-wide|organi[sz]ation-wide|every (?:sample|team|site|department|system|account)|all (?:samples|sites|team\\p{L}*|departments|sampled)|none of the|no one (?:in|of)|nobody (?:in|of) the|systemisch|systematisch|in allen|überall|unternehmensweit|flächendeckend|alle (?:stichproben|abteilungen|standorte)|keine[rs]? der|systémique|systématique|partout|dans (?:tous|toutes)|aucun des|sistémic[oa]|sistemátic[oa]|en tod[oa]s|ningun[oa] de',
    ),
  ],
  [
    'major',
    'It was found before and has come back.',
    words(
      'again|repeated(?:ly)?|recurring|recurrence|repeat finding|same (?:finding|as last)|second time|third time|still not (?:fixed|closed|done)|as (?:in|at) the last audit|erneut|wiederholt|zum zweiten mal|wiederkehrend|schon wieder|de nouveau|à nouveau|répété[es]*|récurrente?|otra vez|de nuevo|repetid[oa]s?|recurrente',
    ),
  ],
  [
    'ofi',
    'The requirement is met; this is a way to do it better.',
    words(
      'could be (?:better|improved|clearer|easier)|could (?:improve|help|consider|also)|would be (?:better|good|easier|useful)|room for improvement|opportunit(?:y|ies) for improvement|improvement idea|suggest(?:ion)?|recommend(?:ed|ation)?|nice to have|consider(?: \\p{L}+ing)?|könnte (?:besser|man)|verbesserungs\\p{L}+|empfehl\\p{L}+|wäre (?:besser|gut)|pourrait être|amélioration|recommand\\p{L}+|on pourrait|podría (?:mejorar|ser)|mejora(?:ble)?|recomend\\p{L}+',
    ),
  ],
  [
    'observation',
    'Nothing is broken yet; it is worth watching.',
    words(
      'observed that|observation|noted that|worth watching|not yet a problem|may become|might become|risk of becoming|positive|strength|beobachtung|könnte (?:zum|zu einem) problem|noch kein problem|observé que|à surveiller|pourrait devenir|se observó|podría (?:llegar|convertirse)|a vigilar',
    ),
  ],
  [
    'minor',
    'It is a single lapse in something that otherwise works.',
    words(
      'one (?:of|single|case|time|instance|laptop|account|user|person|document|record)|a single|single (?:lapse|case|instance)|once|isolated|only one|an exception|einmalig|einzelfall|ein(?:e|er|em)? (?:einzelne\\p{L}*|fall)|nur ein\\p{L}*|un seul|une seule|une fois|isolée?|un solo|una sola|un caso|una vez|aislad[oa]',
    ),
  ],
];

export function suggestGrade(finding: string): SuggestedGrade {
  const text = finding.slice(0, 4_000).normalize('NFKC').replaceAll('’', "'");
  const [grade, reason] = rules.find(([, , said]) => said.test(text)) ?? [
    'minor' as const,
    'A requirement is not met, and nothing said points to more than a lapse.',
  ];
  return { grade, reason };
}

function words(alternatives: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives})(?![\\p{L}\\p{N}])`, 'iu');
}

/** The first and the second, in either order, in one sentence. */
function both(first: string, second: string): RegExp {
  return new RegExp(
    `(?:${first})[^.!?\\n]{0,200}(?:${second})|(?:${second})[^.!?\\n]{0,200}(?:${first})`,
    'iu',
  );
}
