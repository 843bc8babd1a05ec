/** Something that the person at the keyboard can mend: the message says what and how, so no stack trace is shown. */
export class TestbedError extends Error {}

/** The machine lacks something; the command line ends with exit code 3. */
export class MissingPrerequisites extends TestbedError {}
