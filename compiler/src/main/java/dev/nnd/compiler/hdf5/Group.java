package dev.nnd.compiler.hdf5;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A group of a file: named groups and arrays, and attributes. */
public final class Group {

    private static final int DEEPEST = 64;

    private final Hdf5File file;
    private final String path;
    private final ObjectHeader header;
    private final Map<String, Long> links;

    Group(Hdf5File file, long place, String path) {
        this.file = file;
        this.path = path;
        this.header = file.header(place);
        this.links = file.links(place, path);
    }

    /** Its place in the file, with a slash at the end. */
    public String path() {
        return path;
    }

    /** The names in it, in alphabetical order. */
    public List<String> names() {
        return List.copyOf(links.keySet());
    }

    public boolean has(String name) {
        return links.containsKey(name);
    }

    /** A group in this one; empty if there is none of the name, or an array has it. */
    public Optional<Group> group(String name) {
        Long place = links.get(name);
        return place == null || file.header(place).find(Message.LAYOUT).isPresent()
                ? Optional.empty()
                : Optional.of(new Group(file, place, path + name + "/"));
    }

    /** An array in this group; empty if there is none of the name, or a group has it. */
    public Optional<Dataset> dataset(String name) {
        Long place = links.get(name);
        if (place == null) {
            return Optional.empty();
        }
        ObjectHeader found = file.header(place);
        return found.find(Message.LAYOUT).isEmpty()
                ? Optional.empty()
                : Optional.of(new Dataset(file, found, path + name));
    }

    /** An array at a path through groups. */
    public Optional<Dataset> datasetAt(String place) {
        int slash = place.lastIndexOf('/');
        return slash < 0
                ? dataset(place)
                : groupAt(place.substring(0, slash)).flatMap(g -> g.dataset(place.substring(slash + 1)));
    }

    /** A group at a path through groups. */
    public Optional<Group> groupAt(String place) {
        String[] names = place.split("/", -1);
        if (names.length > DEEPEST) {
            throw new Hdf5Problem("it has groups that are nested more than " + DEEPEST + " deep");
        }
        Optional<Group> at = Optional.of(this);
        for (String name : names) {
            at = at.flatMap(g -> g.group(name));
        }
        return at;
    }

    /** An attribute of texts; empty if there is none of the name. */
    public Optional<List<String>> texts(String attribute) {
        return Attributes.texts(file, header, attribute, path);
    }

    /** An attribute that is one text. */
    public Optional<String> text(String attribute) {
        return texts(attribute).filter(t -> t.size() == 1).map(List::getFirst);
    }
}
