module.exports = async () => globalThis.removeTemporary();
