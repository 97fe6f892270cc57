/** Questions on one subject are found among others, in four languages, and nothing of anybody alone is shown of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clusterQuestions,
  describeCluster,
  type AskedQuestion,
} from '../../src/knowledge/question-clusters.ts';
import { wordsIn } from '../../src/language/vocabulary.ts';
import { lexicon } from '../support/shared.ts';

/** Subjects, each as different people ask for it. */
const subjects = {
  speaker: ['May a smart speaker be in my home office?', 'Are smart speakers allowed while I work from home?', 'Can I have a smart speaker in the room?', 'Is a smart speaker at home a problem?', 'smart speaker in home office allowed?', 'May I keep my smart speaker on during calls?'],
  drone: ['Can we fly a drone over the factory?', 'May visitors bring a drone?', 'Is a drone allowed on the site?', 'Who approves a drone flight?', 'May I film the factory with a drone?', 'drone over our site, is that allowed?'],
  sticker: ['May I put stickers on my company laptop?', 'Are stickers on laptops allowed?', 'Can I put a sticker on the laptop?', 'laptop stickers ok?', 'stickers on my laptop, is that fine?', 'Is a sticker on a work laptop forbidden?'],
}; // prettier-ignore
const noise = ['How long is my password?', 'Who is the data protection officer?', 'What happens in a Stage 2 audit?', 'Where do I report a lost badge?', 'When are backups tested?', 'How do I book a meeting room?', 'Is tailgating dangerous?', 'Do I need a visa for Canada?']; // prettier-ignore

/** As policies use them: rare is what they do not know. */
const background = { sections: 500, standsIn: new Map([['allow', 120], ['permit', 90], ['work', 150], ['compani', 180], ['laptop', 60], ['home', 25], ['offic', 60], ['site', 50], ['room', 25], ['visitor', 20], ['over', 30], ['devic', 110], ['password', 40], ['chang', 90], ['report', 120], ['put', 20], ['keep', 60], ['call', 30], ['problem', 12], ['approv', 90], ['factori', 3], ['bring', 10], ['fine', 3], ['forbidden', 10], ['book', 3], ['meet', 12], ['lost', 12], ['badg', 12]]) }; // prettier-ignore

function stream(seed: number): (AskedQuestion & { subject: string })[] {
  const all = [
    ...Object.entries(subjects).flatMap(([subject, wordings]) => wordings.map((question, at) => ({ subject, question, personId: at + 1 }))),
    ...noise.map((question, at) => ({ subject: `noise ${at}`, question, personId: at + 1 })),
  ]; // prettier-ignore
  const shuffled =
    fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), { numRuns: 1, seed })[0] ?? all;
  return shuffled.map((each, at) => ({ ...each, id: at + 1 }));
}

describe('questions on one subject', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'are one cluster each, in whatever order they come, and lone ones are in none of them (seed %i)',
    (seed) => {
      const clusters = clusterQuestions(lexicon, stream(seed), background).filter(
        ({ people }) => people >= 5,
      );

      expect(clusters).toHaveLength(3);
      for (const { questions } of clusters) {
        const counted = Map.groupBy(questions, ({ subject }) => subject);
        expect([...counted.keys()].filter((subject) => subject.startsWith('noise'))).toEqual([]);
        expect(counted.size).toBe(1);
      }
    },
  );

  it('are found across languages', () => {
    const asked = ['How often must I change my password?', 'Wie oft muss ich mein Passwort ändern?', 'À quelle fréquence dois-je changer mon mot de passe ?', '¿Cada cuánto debo cambiar mi contraseña?'].map((question, at) => ({ id: at, personId: at, question })); // prettier-ignore

    const [first] = clusterQuestions(lexicon, asked, background);

    expect(first?.people).toBeGreaterThanOrEqual(3);
  });

  it('count people, not questions: whoever asks often is one', () => {
    const asked = subjects.drone.map((question, at) => ({ id: at, personId: 7, question }));

    expect(clusterQuestions(lexicon, asked, background).map(({ people }) => people)).toEqual([1]);
  });

  it('take time that grows with how many there are, for thousands', () => {
    const asked = Array.from({ length: 3_000 }, (_, at) => ({ id: at, personId: at % 400, question: Object.values(subjects).flat()[at % 18] ?? '' })); // prettier-ignore

    expect(clusterQuestions(lexicon, asked, background)).toHaveLength(3);
  });
});

describe('what is shown of them', () => {
  const names = ['Erin Employee', 'Hugo Owner', 'Zofia Zinnia'];

  it('are words that so many used, and a wording that several chose alike', () => {
    const [cluster] = clusterQuestions(lexicon, [...subjects.drone, 'May visitors bring a drone?', 'may visitors bring a drone'].map((question, at) => ({ id: at, personId: at, question })), background); // prettier-ignore

    const shown = describeCluster(lexicon, cluster ?? { questions: [], people: 0 }, {
      least: 5,
      alike: 3,
      names,
    });

    expect(shown.terms).toContain('drone');
    expect(shown.examples).toEqual(['May visitors bring a drone?']);
  });

  it('is never a name, an address or a number of somebody, however many ask so', () => {
    const asked =
      ['Did Zofia break her smart speaker?', 'May Zofia@demo.example have a smart speaker?', 'Is the smart speaker 4711 of Zofia allowed?'] // prettier-ignore
        .flatMap((question) => [1, 2, 3, 4, 5, 6].map((personId) => ({ id: personId, personId, question })));

    for (const cluster of clusterQuestions(lexicon, asked, background)) {
      const { terms, examples } = describeCluster(lexicon, cluster, { least: 3, alike: 3, names });
      expect([...terms, ...examples].join(' ')).not.toMatch(/zofia|@|4711/i);
    }
  });

  it('is never a word that fewer than the least people used, nor a wording of fewer than that', () => {
    const word = fc.constantFrom('drone', 'speaker', 'sticker', 'Erin', 'Hugo', 'laptop', 'factory', 'visitor', 'home', 'secret', 'Zofia', 'badge');
    const question = fc.array(word, { minLength: 1, maxLength: 4 }).map((said) => `May I ${said.join(' ')}?`);
    const asked = fc.array(fc.record({ personId: fc.integer({ min: 1, max: 9 }), question }), { minLength: 1, maxLength: 60 });

    fc.assert(
      fc.property(asked, fc.integer({ min: 3, max: 6 }), (said, least) => {
        const stream = said.map((each, id) => ({ ...each, id }));
        for (const cluster of clusterQuestions(lexicon, stream, background)) {
          expect(cluster.people).toBe(new Set(cluster.questions.map(({ personId }) => personId)).size);
          const { terms, examples } = describeCluster(lexicon, cluster, { least, alike: 3, names });
          const usedBy = (fits: (words: string[]) => boolean) => new Set(cluster.questions.filter((each) => fits(wordsIn(each.question))).map(({ personId }) => personId)).size;
          for (const term of terms) expect(usedBy((words) => words.some((each) => lexicon.stems(each, 'en')[0] === lexicon.stems(term, 'en')[0]))).toBeGreaterThanOrEqual(least);
          for (const example of examples) {
            const own = new Set(lexicon.stems(example, 'en'));
            expect(usedBy((words) => [...new Set(lexicon.stems(words.join(' '), 'en'))].sort().join() === [...own].sort().join())).toBeGreaterThanOrEqual(3);
          }
          expect([...terms, ...examples].join(' ')).not.toMatch(/erin|hugo|zofia/i);
        }
      }),
      { seed: 13, numRuns: 150 },
    );
  }); // prettier-ignore
});
