import type { Plugin } from 'esbuild'
import { programOf } from '../user-data/compile.ts'
import { readTemplates } from '../user-data/template-files.ts'

/** The templates as functions, so that a bundle needs neither ejs nor template files. */
export const compiledTemplates: Plugin = {
  name: 'compiled templates',
  setup: ({ onLoad }) =>
    onLoad({ filter: /user-data[\\/]load-templates\.ts$/ }, () => ({
      loader: 'js',
      contents: [
        "import { templatesOf } from './templates.ts'",
        `const programs = {${Object.entries(readTemplates())
          .map(([name, text]) => `${JSON.stringify(name)}: ${programOf(name, text)}`)
          .join(',\n')}}`,
        'export const loadPrograms = () => programs',
        'export const loadTemplates = () => templatesOf(programs)',
      ].join('\n'),
    })),
}
