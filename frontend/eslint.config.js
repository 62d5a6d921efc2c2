import { readdirSync } from "node:fs"

import hooks from "eslint-plugin-react-hooks"
import tseslint from "typescript-eslint"

const PALETTE =
  "(?:red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose|slate|gray|zinc|neutral|stone|black|white)"
const RAW_COLOUR = `(?:#(?:[0-9a-fA-F]{3,4}){1,2}\\b|\\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color)\\(|\\b(?:bg|text|border|ring|fill|stroke|from|via|to|outline|divide|decoration|accent|shadow)-${PALETTE}(?:-\\d+)?\\b)`
const noRawColours = ["Literal[value=/%/]", "TemplateElement[value.raw=/%/]"].map((selector) => ({
  selector: selector.replace("%", RAW_COLOUR),
  message: "Colours have names in src/app/theme.css: a raw one breaks the other theme.",
}))

const noRawMarkup = {
  selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
  message: "What people write is text: React escapes it.",
}

/** Imports run one way: app → features → components → api → lib. Within a folder by "./", to others by "@/". */
const upwards = { regex: "^\\.\\./", message: "Name the folder: import it as @/…" }
const only = (patterns) => ({ "no-restricted-imports": ["error", { patterns: [upwards, ...patterns] }] })
const above = (layers, message) => ({ regex: `^@/(?:${layers.join("|")})(?:/|$)`, message })
const features = readdirSync(new URL("./src/features", import.meta.url))
const TESTS = ["src/**/*.test.{ts,tsx}", "src/testing/**"]

export default tseslint.config(
  { ignores: ["dist", "node_modules", "test-results", "src/api/schema.gen.ts"] },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.base },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      // Speaks of the React compiler, which is not used; the virtual list is the one such library here.
      "react-hooks/incompatible-library": "off",
      "no-restricted-syntax": ["error", ...noRawColours, noRawMarkup],
      "no-eval": "error",
      "max-lines": ["error", 300],
      // `return void` of a one-line callback reads well, and the type says that nothing comes of it.
      "@typescript-eslint/no-confusing-void-expression": "off",
      // A number in a template is what most of this application's words are made of.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `Record` and an index signature say the same; both are used where they read better.
      "@typescript-eslint/consistent-indexed-object-style": "off",
      ...only([]),
    },
  },
  { files: ["src/lib/**"], rules: only([above(["app", "features", "components", "api", "testing"], "lib knows nothing of the product.")]) },
  { files: ["src/api/**"], rules: only([above(["app", "features", "components", "testing"], "api stands below what is drawn.")]) },
  { files: ["src/components/**"], rules: only([above(["app", "features", "testing"], "Components know no feature.")]) },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: only([
      above(["app", "testing"], "Features stand below app."),
      { regex: `^@/features/(?!${feature}/)`, message: "Features do not know each other." },
    ]),
  })),
  { files: ["src/app/**"], rules: only([above(["testing"], "The product does not need its fakes.")]) },
  {
    files: TESTS,
    rules: {
      ...only([]),
      // A list just made is known not to be empty, and a fake does nothing on purpose.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-empty-function": "off",
    },
  },
)
