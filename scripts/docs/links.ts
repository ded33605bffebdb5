/** A link or an image in Markdown. */
const LINK = /(?<start>(?<image>!)?\[[^\]]*\]\()(?<target>[^\s)]+)\)/g
const CODE_BLOCK = /^ *(?<fence>```+)[\s\S]*?^ *\k<fence>$/gm

/** The targets of the links and images of a Markdown page, except in code blocks. */
export function linkTargets(page: string): string[] {
  return [...page.replaceAll(CODE_BLOCK, '').matchAll(LINK)].map(({groups}) => groups?.target ?? '')
}

/**
 * Makes the links of a page in the root folder absolute: they lead to the file at this tag on GitHub, and those of
 * images to its content. Keeps links within the page. Returns the page unchanged unless the repository is on GitHub.
 */
export function withAbsoluteLinks(page: string, repository: string | undefined, tag: string): string {
  const [, name] = /github\.com[/:]([\w-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(repository ?? '') ?? []
  if (!name) return page
  const makeAbsolute = (text: string) =>
    text.replaceAll(LINK, (link, start: string, image: string | undefined, target: string) => {
      if (/^(?:[a-z]+:|#)/i.test(target)) return link
      const root = image ? `https://raw.githubusercontent.com/${name}/${tag}` : `https://github.com/${name}/blob/${tag}`
      return `${start}${root}/${target})`
    })
  let absolute = ''
  let end = 0
  for (const {0: block, index} of page.matchAll(CODE_BLOCK)) {
    absolute += makeAbsolute(page.slice(end, index)) + block
    end = index + block.length
  }

  return absolute + makeAbsolute(page.slice(end))
}
