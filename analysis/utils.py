"""Loads result files as the scripts of the published experiments do."""

import io
import os
import pickle


class CPU_Unpickler(pickle.Unpickler):
    """Puts tensors that were saved on a GPU on the CPU. Mneme's own files hold none: they load
    without torch; files of the original programs need it."""

    def find_class(self, module, name):
        if module == "torch.storage" and name == "_load_from_bytes":
            import torch
            return lambda raw: torch.load(io.BytesIO(raw), map_location="cpu")
        return super().find_class(module, name)


def load(dir_name, ending=""):
    """The pickle of a folder, which has the folder's name: {dir_name}/{dir_name}{ending}.pkl"""
    name = os.path.basename(os.path.normpath(dir_name))
    with open(os.path.join(dir_name, f"{name}{ending}.pkl"), "rb") as f:
        return CPU_Unpickler(f).load()
