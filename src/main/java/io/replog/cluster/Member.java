package io.replog.cluster;

/**
 * A secondary that ought to be there.
 *
 * @param id its node id
 * @param url its stable address: a name that stays when the machine behind it changes
 */
public record Member(String id, String url) {}
