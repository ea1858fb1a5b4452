"""Writes keras2_NAME.h5: the model of NAME.keras in the form in which Keras 2 (TensorFlow 2.4) wrote such files.

Keras 2 is not at hand, so h5py lays the groups, attributes and names out as its saving code did: byte texts, ":0" behind names,
lists for inbound nodes, batch_input_shape.
"""
import json
import zipfile
import h5py
import numpy as np


def old_layer(layer):
    config = {k: v for k, v in layer["config"].items() if not isinstance(v, dict)}
    config["dtype"] = "float32"
    if "batch_shape" in config:
        config["batch_input_shape"] = config.pop("batch_shape")
    return {"class_name": layer["class_name"], "config": config, "name": layer["name"], "inbound_nodes": []}


def old_nodes(layer):
    nodes = []
    for node in layer["inbound_nodes"]:
        refs = []
        for arg in node["args"]:
            refs += arg if isinstance(arg, list) else [arg]
        history = [r["config"]["keras_history"] for r in refs]
        kwargs = {k: v for k, v in node["kwargs"].items() if v is not None}
        if layer["class_name"] == "MultiHeadAttention":
            # The first argument is positional, the others were given by name.
            kwargs = {k: v for k, v in kwargs.items() if v} | {"value": history[1]}
            history = history[:1]
        nodes.append([h + [kwargs] for h in history])
    return nodes


for name in ["residual", "attention", "separable", "recurrent"]:
    config = json.loads(zipfile.ZipFile(name + ".keras").read("config.json"))
    layers = []
    for layer in config["config"]["layers"]:
        made = old_layer(layer)
        if layer["class_name"] == "Bidirectional":
            for key in ("layer", "backward_layer"):
                if key in layer["config"]:
                    inner = layer["config"][key]
                    made["config"][key] = {"class_name": inner["class_name"], "config": old_layer(inner | {"inbound_nodes": [], "name": inner["config"]["name"]})["config"]}
        made["inbound_nodes"] = old_nodes(layer)
        layers.append(made)
    whole = {"class_name": "Functional", "config": {
        "name": config["config"]["name"], "layers": layers,
        "input_layers": [config["config"]["input_layers"]] if isinstance(config["config"]["input_layers"][0], str) else config["config"]["input_layers"],
        "output_layers": [config["config"]["output_layers"]] if isinstance(config["config"]["output_layers"][0], str) else config["config"]["output_layers"]}}
    with h5py.File(name + ".h5") as new, h5py.File("keras2_" + name + ".h5", "w") as old:
        old.attrs["keras_version"] = b"2.4.0"
        old.attrs["backend"] = b"tensorflow"
        old.attrs["model_config"] = json.dumps(whole).encode("utf8")
        group = old.create_group("model_weights")
        group.attrs["keras_version"] = b"2.4.0"
        names = list(new["model_weights"].attrs["layer_names"])
        # Long lists are cut into parts.
        group.attrs["layer_names0"] = [n.encode("utf8") for n in names[:3]]
        group.attrs["layer_names1"] = [n.encode("utf8") for n in names[3:]]
        for layer in names:
            source = new["model_weights"][layer]
            into = group.create_group(layer)
            weights = list(source.attrs["weight_names"])
            into.attrs["weight_names"] = [(w + ":0").encode("utf8") for w in weights]
            for w in weights:
                into.create_dataset(w + ":0", data=np.array(source[w]))
